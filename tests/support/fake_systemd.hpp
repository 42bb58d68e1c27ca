#pragma once

#include "base/task.hpp"
#include "support/private_bus.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace dockerext::test {

/// Provides org.freedesktop.systemd1 on a private bus, for behaviour that a real systemd does not show on
/// demand.
class FakeSystemd {
public:
    FakeSystemd(asio::io_context& io, const PrivateBus& bus);
    ~FakeSystemd();

    /// The properties of a unit that the daemon reads.
    struct Unit {
        std::string load = "loaded", active = "failed", file_state = "enabled";
        std::string invocation =
            "\x01\xab"
            "fourteen bytes";  ///< 16 bytes
        std::string fragment = "/lib/systemd/system/docker.service";
        std::vector<std::string> drop_ins{"/etc/a.conf", "/etc/b.conf"};
        std::vector<std::string> environment_files{"/etc/default/docker"};
    };
    /// The known units by name; every other unit is not found.
    std::map<std::string, Unit> units{{"docker.service", {}}};
    /// The result of each unit's jobs: "done", "failed", …; with "" the job never ends; an error name
    /// ("UnitMasked") refuses it.
    std::map<std::string, std::string> jobs;
    /// Called for each method call before the reply, with the same text as in `calls`.
    std::function<void(const std::string& method_call)> on_call;
    /// Sends JobRemoved before the reply that names the job.
    bool sends_job_removed_early = false;
    /// The method calls so far, such as "StartUnit docker.service replace".
    std::vector<std::string> calls;

    void change(const std::string& unit_path);  ///< emits PropertiesChanged
    void signal(const char* member);            ///< emits a signal of the manager, without its arguments

private:
    Task<void> serve();
    int answer(sd_bus_message* call);
    int answer_job(sd_bus_message* call, const std::string& unit);
    int answer_properties(sd_bus_message* call);
    void end_job(const std::string& unit, const std::string& result);

    SdBus bus_;
    asio::posix::stream_descriptor descriptor_;
};

}  // namespace dockerext::test
