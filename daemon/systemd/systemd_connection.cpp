#include "systemd/systemd_connection.hpp"

#include "base/log.hpp"
#include "base/task_group.hpp"
#include "base/timeout.hpp"

#include <systemd/sd-bus.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <utility>

namespace dockerext::systemd {
namespace {

using namespace std::chrono_literals;

constexpr const char* systemd_name = "org.freedesktop.systemd1";
constexpr const char* manager_path = "/org/freedesktop/systemd1";
constexpr const char* manager_interface = "org.freedesktop.systemd1.Manager";
constexpr Duration first_pause = 1s;  // between two attempts to connect
constexpr Duration longest_pause = 60s;

std::string unit_rule(const std::string& name) {
    char* path = nullptr;
    (void)sd_bus_path_encode("/org/freedesktop/systemd1/unit", name.c_str(), &path);
    std::string rule =
        "type='signal',sender='org.freedesktop.systemd1',interface='org.freedesktop.DBus.Properties',"
        "member='PropertiesChanged',path='" +
        std::string(path != nullptr ? path : "/") + "'";
    std::free(path);
    return rule;
}

}  // namespace

std::string manager_rule(std::string_view member) {
    return "type='signal',sender='org.freedesktop.systemd1',path='/org/freedesktop/systemd1',"
           "interface='org.freedesktop.systemd1.Manager',member='" +
           std::string(member) + "'";
}

Result<std::string> read_path(const Result<BusMessage>& reply) {
    if (!reply) return reply.error();
    const char* path = nullptr;
    const int r = sd_bus_message_read_basic(reply->get(), 'o', &path);
    if (r <= 0) return Error(ErrorKind::internal, "a reply without a path");
    return std::string(path);
}

Result<> discard_value(const Result<BusMessage>& reply) {
    if (!reply) return reply.error();
    return {};
}

SystemdConnection::SystemdConnection(const asio::any_io_executor& executor, std::vector<std::string> watched)
    : executor_(executor),
      watched_(std::move(watched)),
      pause_(first_pause),
      loss_(ErrorKind::unavailable, "systemd: not connected yet") {}

Task<Result<std::shared_ptr<Bus>>> SystemdConnection::bus() {
    if (!has_attempted_) co_await attempted_.wait();
    if (!bus_) co_return loss_;
    co_return bus_;
}

Task<Result<std::shared_ptr<Bus>>> SystemdConnection::bus(Duration limit) {
    return with_timeout(limit, "systemd: no connection", bus());
}

Result<BusMessage> SystemdConnection::new_call(Bus& bus, const char* method) {
    return new_call(bus, manager_path, manager_interface, method);
}

Result<BusMessage> SystemdConnection::new_call(Bus& bus, const std::string& path, const char* interface,
                                               const char* method) {
    return bus.new_call(systemd_name, path.c_str(), interface, method);
}

Task<Result<BusMessage>> SystemdConnection::call(std::string method, std::vector<std::string> arguments,
                                                 Duration limit) {
    const auto on = co_await bus(limit);
    if (!on) co_return on.error();
    auto request = new_call(**on, method.c_str());
    if (!request) co_return request.error();
    for (const std::string& argument : arguments)
        (void)sd_bus_message_append_basic(request->get(), 's', argument.c_str());
    co_return co_await (*on)->call(std::move(*request), limit);
}

Result<std::vector<Bus::Match>> SystemdConnection::listen(Bus& on) {
    std::vector<std::string> rules{manager_rule("UnitFilesChanged"), manager_rule("Reloading")};
    for (const std::string& unit : watched_) rules.push_back(unit_rule(unit));
    std::vector<Bus::Match> matches;
    for (const std::string& rule : rules) {
        auto match = on.on_signal(rule, [this](sd_bus_message*) { dirty_.raise(); });
        if (!match) return match.error();
        matches.push_back(std::move(*match));
    }
    return matches;
}

void SystemdConnection::set_connected(std::shared_ptr<Bus> connected) {
    if (has_logged_loss_) log::info("systemd responds again");
    has_logged_loss_ = false;
    pause_ = first_pause;
    bus_ = std::move(connected);
    has_attempted_ = true;
    attempted_.notify();
    dirty_.raise();
}

void SystemdConnection::set_disconnected(const Error& why) {
    loss_ = why.within("systemd");
    const bool is_cancellation = why.kind() == ErrorKind::cancelled;
    if (!has_logged_loss_ && !is_cancellation)
        log::warning("systemd does not respond; retrying", {{"ERROR", why.message()}});
    has_logged_loss_ = has_logged_loss_ || !is_cancellation;
    if (bus_) dirty_.raise();
    bus_.reset();
    has_attempted_ = true;
    attempted_.notify();
}

/// Asks systemd to send its signals; it sends most of them only while a client is subscribed.
Task<Result<>> SystemdConnection::subscribe(std::shared_ptr<Bus> on) {
    auto request = new_call(*on, "Subscribe");
    if (!request) co_return request.error();
    co_return discard_value(co_await on->call(std::move(*request), systemd_query_limit));
}

Task<void> SystemdConnection::serve() {
    const auto on = Bus::connect(executor_);
    if (!on) co_return set_disconnected(on.error());
    const auto matches = listen(**on);
    if (!matches) co_return set_disconnected(matches.error());
    std::optional<Result<>> pumped;
    TaskGroup pumping(executor_);
    pumping.spawn(store_result((*on)->pump(), pumped));
    const auto subscribed = co_await subscribe(*on);
    if (subscribed && !pumped) set_connected(*on);
    else pumping.cancel();
    co_await pumping.join();
    set_disconnected(subscribed ? pumped->error() : subscribed.error());
}

Task<void> SystemdConnection::run() {
    for (bool running = true; running;) {
        co_await serve();
        running = co_await sleep_for(pause_);
        pause_ = std::min(2 * pause_, longest_pause);
    }
}

}  // namespace dockerext::systemd
