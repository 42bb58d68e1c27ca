#include "doctor/probes.hpp"

#include "base/http_client.hpp"
#include "base/json_document.hpp"
#include "doctor/machine_files.hpp"
#include "doctor/machine_text.hpp"
#include "doctor/peer.hpp"
#include "observe/facts_reader.hpp"

#include <sys/stat.h>
#include <boost/asio/this_coro.hpp>

#include <cerrno>

namespace dockerext::doctor {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using observe::objects_in;
using observe::text_in;

constexpr Duration control_limit = 5s;
constexpr unsigned http_good = 200;

void add_problems(ObjectReader& status, Problems& ignored, DaemonStatus& daemon) {
    auto engine = observe::object_in(status, "engine", ignored);
    if (const std::string state = text_in(engine, "state"); state != "running")
        daemon.problems.push_back("the engine is " + state);
    for (ObjectReader& part : objects_in(status, "parts", ignored)) {
        if (text_in(part, "state") == "failed")
            daemon.problems.push_back(text_in(part, "name") + " failed: " + text_in(part, "message"));
    }
    for (ObjectReader& service : objects_in(status, "services", ignored)) {
        const std::string state = text_in(service, "state");
        if (state == "running" || state == "completed") continue;
        daemon.problems.push_back(text_in(service, "name") + " is " + state + ": " +
                                  text_in(service, "reason"));
    }
    for (ObjectReader& held : objects_in(status, "held", ignored))
        daemon.problems.push_back(text_in(held, "subject") + ": " + text_in(held, "reason"));
}

Found<DaemonStatus> status_in(std::string_view body) {
    const auto document = JsonDocument::parse(body, JsonDialect::strict, {.bytes = std::size_t{16} << 20});
    if (!document) return document.error().within("the daemon's status");
    Problems ignored;  // absent members read as empty
    ObjectReader status(document->root(), ignored);
    auto settings = observe::object_in(status, "settings", ignored);
    DaemonStatus daemon{.state = text_in(status, "state"), .settings_state = text_in(settings, "state")};
    for (ObjectReader& error : objects_in(settings, "errors", ignored)) {
        const std::string path = text_in(error, "path");
        daemon.settings_errors.push_back(path + (path.empty() ? "" : ": ") + text_in(error, "message"));
    }
    add_problems(status, ignored, daemon);
    return daemon;
}

Task<Found<DaemonStatus>> ask_status(fs::path socket) {
    HttpClient client(co_await asio::this_coro::executor, socket);
    HttpRequest request{.method = "GET", .target = "/v1/status"};
    auto asking = client.send(std::move(request), control_limit);
    const auto answer = co_await std::move(asking);
    if (!answer) co_return without_right(answer.error());
    if (answer->status != http_good)
        co_return Error(ErrorKind::unavailable, "it answers with status " + std::to_string(answer->status));
    co_return status_in(answer->body);
}

/// Whether a process runs the program that runs here; its file may have been replaced since.
Found<bool> runs_this_program(pid_t process) {
    struct stat theirs = {}, ours = {};
    const std::string path = "/proc/" + std::to_string(process) + "/exe";
    if (::stat(path.c_str(), &theirs) != 0) return without_right(Error::from_errno(errno, path));
    if (::stat("/proc/self/exe", &ours) != 0) return Error::from_errno(errno, "/proc/self/exe");
    return theirs.st_dev == ours.st_dev && theirs.st_ino == ours.st_ino;
}

}  // namespace

Task<void> probe_daemon(const Places& places, Facts& facts) {
    auto asking = ask_status(places.paths.control_socket);
    facts.daemon.status = co_await std::move(asking);
    const auto process = listener_of(places.paths.control_socket);
    if (!process) {
        set_unknown(without_right(process.error()), facts.daemon.runs_this_program, facts.azure.group);
        co_return;
    }
    facts.daemon.runs_this_program = runs_this_program(*process);
    const auto groups = read_text("/proc/" + std::to_string(*process) + "/cgroup");
    facts.azure.group = groups ? Found<std::string>(control_group_in(*groups)) : groups.error();
    if (groups) facts.azure.processor_limit = read_processor_limit(places.root, *facts.azure.group);
}

}  // namespace dockerext::doctor
