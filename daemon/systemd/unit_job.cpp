#include "systemd/unit_job.hpp"

#include "base/trigger.hpp"

#include <systemd/sd-bus.h>

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace dockerext::systemd {
namespace {

/// Records the ends of jobs. It listens before the job is requested, so that no end is missed.
struct JobEnds {
    void hear(sd_bus_message* signal) {
        std::uint32_t id = 0;
        const char *path = nullptr, *unit = nullptr, *result = nullptr;
        if (sd_bus_message_read(signal, "uoss", &id, &path, &unit, &result) > 0)
            ends.emplace_back(path, result);
        heard.raise();
    }
    /// How the job ended; "" if it has not ended.
    std::string of(const std::string& job) const {
        const auto end =
            std::find_if(ends.begin(), ends.end(), [&](const auto& e) { return e.first == job; });
        return end == ends.end() ? "" : end->second;
    }

    void lose() {
        lost = true;
        heard.raise();
    }

    Trigger heard;
    bool lost = false;                                      ///< whether the connection is lost
    std::vector<std::pair<std::string, std::string>> ends;  ///< job's path, result
};

/// Waits until `job` has ended; returns its result.
Task<Result<std::string>> end_of(JobEnds& ends, std::string job) {
    for (;;) {
        std::string result = ends.of(job);
        if (!result.empty()) co_return result;
        if (ends.lost) co_return Error(ErrorKind::unavailable, "lost connection to systemd");
        const bool told = co_await ends.heard.wait();
        if (!told) co_return Error(ErrorKind::cancelled, "job");
    }
}

}  // namespace

Task<Result<std::string>> result_of_job(SystemdConnection& connection, std::string method, std::string unit) {
    const auto on = co_await connection.bus();
    if (!on) co_return on.error();
    JobEnds ends;
    const auto heard = (*on)->on_signal(manager_rule("JobRemoved"), [&](sd_bus_message* m) { ends.hear(m); });
    const auto lost = (*on)->on_loss([&] { ends.lose(); });
    if (!heard || !lost) co_return (heard ? lost : heard).error();
    std::vector<std::string> arguments{unit, "replace"};
    const auto path = read_path(co_await connection.call(method, std::move(arguments), systemd_query_limit));
    if (!path) co_return path.error();
    co_return co_await end_of(ends, *path);
}

ErrorKind kind_of_job_result(std::string_view result) {
    if (result == "timeout") return ErrorKind::timeout;
    if (result == "canceled" || result == "invalid") return ErrorKind::conflict;
    return ErrorKind::unavailable;
}

}  // namespace dockerext::systemd
