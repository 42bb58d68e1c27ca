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
struct JobResults {
    void record(sd_bus_message* signal) {
        std::uint32_t id = 0;
        const char *path = nullptr, *unit = nullptr, *result = nullptr;
        if (sd_bus_message_read(signal, "uoss", &id, &path, &unit, &result) > 0)
            results.emplace_back(path, result);
        job_removed.raise();
    }
    /// How the job ended; "" if it has not ended.
    std::string result_of(const std::string& job) const {
        const auto end =
            std::find_if(results.begin(), results.end(), [&](const auto& e) { return e.first == job; });
        return end == results.end() ? "" : end->second;
    }

    void mark_lost() {
        lost = true;
        job_removed.raise();
    }

    Trigger job_removed;
    bool lost = false;                                         ///< whether the connection is lost
    std::vector<std::pair<std::string, std::string>> results;  ///< job's path, result
};

/// Waits until `job` has ended; returns its result.
Task<Result<std::string>> wait_for_result(JobResults& results, std::string job) {
    for (;;) {
        std::string result = results.result_of(job);
        if (!result.empty()) co_return result;
        if (results.lost) co_return Error(ErrorKind::unavailable, "lost connection to systemd");
        const bool notified = co_await results.job_removed.wait();
        if (!notified) co_return Error(ErrorKind::cancelled, "job");
    }
}

}  // namespace

Task<Result<std::string>> result_of_job(SystemdConnection& connection, std::string method, std::string unit) {
    const auto on = co_await connection.bus();
    if (!on) co_return on.error();
    JobResults results;
    const auto job_removed =
        (*on)->on_signal(manager_rule("JobRemoved"), [&](sd_bus_message* m) { results.record(m); });
    const auto lost = (*on)->on_disconnect([&] { results.mark_lost(); });
    if (!job_removed || !lost) co_return (job_removed ? lost : job_removed).error();
    std::vector<std::string> arguments{unit, "replace"};
    const auto path = read_path(co_await connection.call(method, std::move(arguments), systemd_query_limit));
    if (!path) co_return path.error();
    co_return co_await wait_for_result(results, *path);
}

ErrorKind kind_of_job_result(std::string_view result) {
    if (result == "timeout") return ErrorKind::timeout;
    if (result == "canceled" || result == "invalid") return ErrorKind::conflict;
    return ErrorKind::unavailable;
}

}  // namespace dockerext::systemd
