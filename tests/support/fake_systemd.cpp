#include "support/fake_systemd.hpp"

#include "support/run.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string_view>

namespace dockerext::test {
namespace {

constexpr const char* manager_path = "/org/freedesktop/systemd1";
constexpr const char* manager = "org.freedesktop.systemd1.Manager";
constexpr const char* job_path = "/org/freedesktop/systemd1/job/7";

void append(sd_bus_message* reply, const char* property, const char* value) {
    (void)sd_bus_message_append(reply, "{sv}", property, "s", value);
}

void append_drop_ins(sd_bus_message* reply, const std::vector<std::string>& paths) {
    (void)sd_bus_message_open_container(reply, 'e', "sv");
    (void)sd_bus_message_append(reply, "s", "DropInPaths");
    (void)sd_bus_message_open_container(reply, 'v', "as");
    (void)sd_bus_message_open_container(reply, 'a', "s");
    for (const std::string& path : paths) (void)sd_bus_message_append(reply, "s", path.c_str());
    for (int open = 0; open < 3; ++open) (void)sd_bus_message_close_container(reply);
}

void append_environment_files(sd_bus_message* reply, const std::vector<std::string>& paths) {
    const int may_be_absent = 1;
    (void)sd_bus_message_open_container(reply, 'e', "sv");
    (void)sd_bus_message_append(reply, "s", "EnvironmentFiles");
    (void)sd_bus_message_open_container(reply, 'v', "a(sb)");
    (void)sd_bus_message_open_container(reply, 'a', "(sb)");
    for (const std::string& path : paths)
        (void)sd_bus_message_append(reply, "(sb)", path.c_str(), may_be_absent);
    for (int open = 0; open < 3; ++open) (void)sd_bus_message_close_container(reply);
}

void append_bytes(sd_bus_message* reply, const char* property, const std::string& bytes) {
    (void)sd_bus_message_open_container(reply, 'e', "sv");
    (void)sd_bus_message_append(reply, "s", property);
    (void)sd_bus_message_open_container(reply, 'v', "ay");
    (void)sd_bus_message_append_array(reply, 'y', bytes.data(), bytes.size());
    for (int open = 0; open < 2; ++open) (void)sd_bus_message_close_container(reply);
}

void append_unit(sd_bus_message* reply, const std::string& name, const FakeSystemd::Unit& unit) {
    append(reply, "Id", name.c_str());
    append(reply, "LoadState", unit.load.c_str());
    append(reply, "ActiveState", unit.active.c_str());
    append(reply, "SubState", "auto-restart");
    append(reply, "UnitFileState", unit.file_state.c_str());
    append(reply, "Result", "exit-code");
    append(reply, "FragmentPath", unit.fragment.c_str());
    append_bytes(reply, "InvocationID", unit.invocation);
    append_drop_ins(reply, unit.drop_ins);
    append_environment_files(reply, unit.environment_files);
    (void)sd_bus_message_append(reply, "{sv}", "NeedDaemonReload", "b", 1);
    (void)sd_bus_message_append(reply, "{sv}", "MainPID", "u", 4711);
    (void)sd_bus_message_append(reply, "{sv}", "NRestarts", "u", 3);
    (void)sd_bus_message_append(reply, "{sv}", "ActiveEnterTimestamp", "t", std::uint64_t{1700000000000001});
    (void)sd_bus_message_append(reply, "{sv}", "ActiveEnterTimestampMonotonic", "t", std::uint64_t{5000001});
    // A property that the daemon did not ask for.
    (void)sd_bus_message_append(reply, "{sv}", "ExecStart", "a(sas)", 1, "/usr/bin/dockerd", 2, "dockerd",
                                "-H");
}

void append_absence(sd_bus_message* reply) {
    append(reply, "LoadState", "not-found");
    append(reply, "ActiveState", "inactive");
    append(reply, "FragmentPath", "");
    (void)sd_bus_message_append(reply, "{sv}", "ActiveEnterTimestamp", "t", std::uint64_t{0});
}

}  // namespace

FakeSystemd::FakeSystemd(asio::io_context& io, const PrivateBus& bus)
    : bus_(bus.connect()), descriptor_(io, sd_bus_get_fd(bus_.get())) {
    const auto handler = [](sd_bus_message* call, void* self, sd_bus_error*) {
        return static_cast<FakeSystemd*>(self)->answer(call);
    };
    if (sd_bus_add_fallback(bus_.get(), nullptr, manager_path, handler, this) < 0 ||
        sd_bus_request_name(bus_.get(), "org.freedesktop.systemd1", 0) < 0)
        throw std::runtime_error("the stand-in cannot stand in");
    start(io, serve());
}

FakeSystemd::~FakeSystemd() { descriptor_.release(); }

Task<void> FakeSystemd::serve() {
    for (;;) {
        int r = 0;
        while ((r = sd_bus_process(bus_.get(), nullptr)) > 0) {
        }
        if (r < 0) co_return;
        auto [error] = co_await descriptor_.async_wait(asio::posix::stream_descriptor::wait_read,
                                                       asio::as_tuple(asio::use_awaitable));
        if (error) co_return;
    }
}

int FakeSystemd::answer(sd_bus_message* call) {
    std::string method_call = sd_bus_message_get_member(call);
    const std::string member = method_call;
    if (sd_bus_message_is_method_call(call, "org.freedesktop.DBus.Properties", "GetAll") > 0)
        return answer_properties(call);
    std::string unit;
    for (const char* word = nullptr; sd_bus_message_read(call, "s", &word) > 0;) {
        if (unit.empty()) unit = word;
        method_call += std::string(" ") + word;
    }
    calls.push_back(method_call);
    if (on_call) on_call(method_call);
    if (member == "LoadUnit") {
        char* path = nullptr;
        (void)sd_bus_path_encode("/org/freedesktop/systemd1/unit", unit.c_str(), &path);
        const int r = sd_bus_reply_method_return(call, "o", path);
        std::free(path);
        return r;
    }
    if (member == "ResetFailedUnit")
        return sd_bus_reply_method_errorf(call, "org.freedesktop.systemd1.NoSuchUnit", "Unit %s not loaded.",
                                          unit.c_str());
    if (member == "EnableUnitFiles") {
        const char* name = nullptr;
        int runtime = 1, force = 1;
        (void)sd_bus_message_read(call, "asbb", 1, &name, &runtime, &force);
        calls.back() +=
            std::string(" ") + name + (runtime != 0 ? " runtime" : "") + (force != 0 ? " force" : "");
        return sd_bus_reply_method_return(call, "ba(sss)", 0, 0);
    }
    if (!unit.empty()) return answer_job(call, unit);
    return sd_bus_reply_method_return(call, "");
}

int FakeSystemd::answer_job(sd_bus_message* call, const std::string& unit) {
    const std::string result = jobs[unit];
    if (result.starts_with("Unit") || result.starts_with("NoSuch"))
        return sd_bus_reply_method_errorf(call, ("org.freedesktop.systemd1." + result).c_str(),
                                          "Unit %s: %s.", unit.c_str(), result.c_str());
    if (sends_job_removed_early) end_job(unit, result);
    const int r = sd_bus_reply_method_return(call, "o", job_path);
    if (!sends_job_removed_early && !result.empty()) {
        // The end of another job must have no effect here.
        (void)sd_bus_emit_signal(bus_.get(), manager_path, manager, "JobRemoved", "uoss", 6,
                                 "/org/freedesktop/systemd1/job/6", "other.service", "failed");
        end_job(unit, result);
    }
    return r;
}

void FakeSystemd::end_job(const std::string& unit, const std::string& result) {
    (void)sd_bus_emit_signal(bus_.get(), manager_path, manager, "JobRemoved", "uoss", 7, job_path,
                             unit.c_str(), result.c_str());
}

int FakeSystemd::answer_properties(sd_bus_message* call) {
    char* name = nullptr;
    (void)sd_bus_path_decode(sd_bus_message_get_path(call), "/org/freedesktop/systemd1/unit", &name);
    const auto unit = units.find(name != nullptr ? name : "");
    std::free(name);
    sd_bus_message* reply = nullptr;
    (void)sd_bus_message_new_method_return(call, &reply);
    (void)sd_bus_message_open_container(reply, 'a', "{sv}");
    if (unit != units.end()) append_unit(reply, unit->first, unit->second);
    else append_absence(reply);
    (void)sd_bus_message_close_container(reply);
    const int r = sd_bus_send(nullptr, reply, nullptr);
    sd_bus_message_unref(reply);
    return r;
}

void FakeSystemd::change(const std::string& unit_path) {
    (void)sd_bus_emit_signal(bus_.get(), ("/org/freedesktop/systemd1/unit/" + unit_path).c_str(),
                             "org.freedesktop.DBus.Properties", "PropertiesChanged", "sa{sv}as",
                             "org.freedesktop.systemd1.Unit", 0, 0);
}

void FakeSystemd::signal(const char* member) {
    (void)sd_bus_emit_signal(bus_.get(), manager_path, manager, member, "");
}

}  // namespace dockerext::test
