#include "systemd/systemd.hpp"

#include "base/timeout.hpp"
#include "systemd/systemd_connection.hpp"
#include "systemd/unit_job.hpp"

#include <systemd/sd-bus.h>

#include <utility>

namespace dockerext::systemd {
namespace {

using namespace std::chrono_literals;

constexpr Duration reload_limit = 90s;  // enough for a busy machine with many units

}  // namespace

struct Systemd::State {
    State(const asio::any_io_executor& on, std::vector<std::string> watched)
        : connection(on, std::move(watched)) {}

    Task<Result<UnitFacts>> facts(std::string name);
    Task<Result<>> enable(std::string name);
    Task<Result<>> job(std::string verb, std::string method, std::string name, Duration limit);

    SystemdConnection connection;
};

Task<Result<UnitFacts>> Systemd::State::facts(std::string name) {
    std::vector<std::string> arguments{name};
    const auto path =
        read_path(co_await connection.call("LoadUnit", std::move(arguments), systemd_query_limit));
    if (!path) co_return path.error();
    const auto on = co_await connection.bus();
    if (!on) co_return on.error();
    auto request = SystemdConnection::new_call(**on, *path, "org.freedesktop.DBus.Properties", "GetAll");
    if (!request) co_return request.error();
    (void)sd_bus_message_append_basic(request->get(), 's', "");  // "" means all interfaces
    const auto properties = co_await (*on)->call(std::move(*request), systemd_query_limit);
    if (!properties) co_return properties.error();
    co_return read_unit_facts(properties->get());
}

Task<Result<>> Systemd::State::enable(std::string name) {
    const auto on = co_await connection.bus(systemd_query_limit);
    if (!on) co_return on.error();
    auto request = SystemdConnection::new_call(**on, "EnableUnitFiles");
    if (!request) co_return request.error();
    const int until_reboot = 0, by_force = 0;
    (void)sd_bus_message_append(request->get(), "asbb", 1, name.c_str(), until_reboot, by_force);
    co_return discard_value(co_await (*on)->call(std::move(*request), systemd_query_limit));
}

Task<Result<>> Systemd::State::job(std::string verb, std::string method, std::string name, Duration limit) {
    const std::string doing = verb + " " + name;
    const auto result =
        co_await with_timeout(limit, "the job timed out", result_of_job(connection, method, name));
    if (!result) co_return result.error().within(doing);
    if (*result == "done" || *result == "skipped") co_return Result<>{};
    std::string text = "the job ended as '" + *result + "'";
    const auto after = co_await facts(name);
    if (after && !after->result.empty()) text += ", the unit's result is '" + after->result + "'";
    co_return Error(kind_of_job_result(*result), doing + ": " + text);
}

Systemd::Systemd(const asio::any_io_executor& executor, std::vector<std::string> watched)
    : state_(std::make_unique<State>(executor, std::move(watched))) {}
Systemd::~Systemd() = default;

Task<void> Systemd::run() { return state_->connection.run(); }

Task<Result<>> Systemd::changed() {
    const bool notified = co_await state_->connection.dirty().wait();
    if (!notified) co_return Error(ErrorKind::cancelled, "changes of units");
    co_return Result<>{};
}

Task<Result<UnitFacts>> Systemd::unit(std::string name) {
    auto facts = co_await state_->facts(name);
    if (!facts) co_return facts.error().within(name);
    co_return facts;
}

Task<Result<>> Systemd::start(std::string name, Duration limit) {
    return state_->job("start", "StartUnit", std::move(name), limit);
}
Task<Result<>> Systemd::stop(std::string name, Duration limit) {
    return state_->job("stop", "StopUnit", std::move(name), limit);
}
Task<Result<>> Systemd::restart(std::string name, Duration limit) {
    return state_->job("restart", "RestartUnit", std::move(name), limit);
}
Task<Result<>> Systemd::reload(std::string name, Duration limit) {
    return state_->job("reload", "ReloadUnit", std::move(name), limit);
}

Task<Result<>> Systemd::reset_failed(std::string name) {
    std::vector<std::string> arguments{name};
    const auto reply =
        co_await state_->connection.call("ResetFailedUnit", std::move(arguments), systemd_query_limit);
    // A unit that systemd has not loaded has nothing to reset.
    if (!reply && reply.error().kind() != ErrorKind::not_found) co_return reply.error().within(name);
    co_return Result<>{};
}

Task<Result<>> Systemd::enable(std::string name) {
    const auto enabled = co_await state_->enable(name);
    if (!enabled) co_return enabled.error().within("enable " + name);
    co_return co_await daemon_reload();  // as systemctl does, to refresh systemd's facts about it
}

Task<Result<>> Systemd::daemon_reload() {
    std::vector<std::string> none;
    const auto reply = co_await state_->connection.call("Reload", std::move(none), reload_limit);
    co_return discard_value(reply);
}

}  // namespace dockerext::systemd
