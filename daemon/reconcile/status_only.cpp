#include "reconcile/status_only.hpp"

#include "base/atomic_file.hpp"
#include "base/clock.hpp"
#include "base/json_writer.hpp"
#include "base/log.hpp"
#include "base/task_group.hpp"
#include "base/timeout.hpp"
#include "report/azure_status_json.hpp"
#include "report/control_server.hpp"
#include "report/status_json.hpp"
#include "state/sealed.hpp"
#include "systemd/notify.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <csignal>

namespace dockerext::reconcile {
namespace {

using report::ControlRequest;
using report::ControlResponse;

constexpr std::size_t path_limit = 4096;
constexpr std::size_t status_limit = std::size_t{1} << 20;
constexpr Duration command_poll = std::chrono::seconds(2);  ///< for another `enable` command of the agent

std::string advice(const std::string& why) {
    return why +
           ": this version changes nothing, and containers keep running. Reinstall the newer version; or, to "
           "start over with this "
           "one, move that file away and restart dockerextd";
}

model::Status status(const std::string& why) {
    model::Status status;
    status.state = model::OverallState::degraded;
    status.settings = {.state = model::SettingsState::pending, .errors = {{"", why}}};
    status.parts = {{"state", model::PartState::failed, why, true}};
    return status;
}

Task<ControlResponse> answer(ControlRequest request, std::string why) {
    if (request.method == "GET" && request.path == "/v1/status")
        co_return ControlResponse{200, report::to_json(status(why))};
    JsonWriter json;
    json.begin_object();
    json.text("error", why);
    json.end_object();
    co_return ControlResponse{409, json.take()};
}

/// Writes the status file of the newest settings, whose name the shim has left.
void write_status_file(const state::Paths& paths, const std::string& status_json) {
    const auto recorded_path = state::read_file(paths.azure_status, path_limit);
    if (!recorded_path) return;
    const std::filesystem::path file(recorded_path->reveal());
    const auto present = state::read_file(file, status_limit);
    std::error_code none;
    if ((present && present->reveal() == status_json) ||
        !std::filesystem::is_directory(file.parent_path(), none))
        return;
    if (const auto written = replace_file(file, status_json); !written)
        log::error("cannot write the status for Azure", {{"ERROR", written.error().message()}});
}

Task<void> keep_azure_status_written(const state::Paths& paths, std::string why) {
    const auto now = wall_now();
    const std::string status_json = report::to_json({report::AzureState::error, why, {}}, now, now);
    for (bool going = true; going;) {
        write_status_file(paths, status_json);
        going = co_await sleep_for(command_poll);
    }
}

}  // namespace

Task<Result<>> run_status_only(const state::Paths& paths, std::string why) {
    const auto executor = co_await asio::this_coro::executor;
    const std::string explanation = advice(why);
    auto server = report::ControlServer::listen(
        executor, paths.control_socket,
        [&explanation](ControlRequest request) { return answer(std::move(request), explanation); });
    if (!server) co_return server.error();
    asio::signal_set signals(executor, SIGTERM, SIGINT);
    TaskGroup tasks(executor);
    tasks.spawn((*server)->serve());
    tasks.spawn(keep_azure_status_written(paths, explanation));
    tasks.spawn(systemd::feed_watchdog([](Duration) { return false; }));
    systemd::notify_ready();
    systemd::notify_status("not acting: the state was written by a newer version");
    log::error("nothing is changed, because the state was written by a newer version",
               {{"ERROR", explanation}});
    (void)co_await signals.async_wait(asio::as_tuple(asio::use_awaitable));
    systemd::notify_stopping();
    tasks.cancel();
    co_await tasks.join();
    co_return Result<>{};
}

}  // namespace dockerext::reconcile
