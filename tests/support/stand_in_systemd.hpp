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

/// org.freedesktop.systemd1 on a private bus, for what a real systemd cannot be made to do at will.
class StandInSystemd {
public:
    StandInSystemd(asio::io_context& io, const PrivateBus& bus);
    ~StandInSystemd();

    /// A unit's properties, of those that are asked for here.
    struct Unit {
        std::string load = "loaded", active = "failed", file_state = "enabled";
        std::string invocation =
            "\x01\xab"
            "fourteen bytes";  ///< 16 bytes
        std::string fragment = "/lib/systemd/system/docker.service";
        std::vector<std::string> drop_ins{"/etc/a.conf", "/etc/b.conf"};
        std::vector<std::string> environment_files{"/etc/default/docker"};
    };
    /// Any other is not found.
    std::map<std::string, Unit> units{{"docker.service", {}}};
    /// How jobs of a unit end: "done", "failed", …; "" does not end; an error name ("UnitMasked") refuses
    /// them.
    std::map<std::string, std::string> jobs;
    /// Told each call before it is answered, in the words of `calls`.
    std::function<void(const std::string& said)> heard;
    /// JobRemoved is sent before the reply that names the job.
    bool hasty = false;
    /// What was asked: "StartUnit docker.service replace".
    std::vector<std::string> calls;

    void change(const std::string& unit_path);  ///< PropertiesChanged
    void signal(const char* member);            ///< of the manager, without its arguments

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
