#include "host/systemd.hpp"

#include "base/log.hpp"
#include "base/task_group.hpp"
#include "base/timeout.hpp"
#include "base/timer.hpp"
#include "host/bus.hpp"

#include <systemd/sd-bus.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <utility>

namespace dockerext::host {
namespace {

using namespace std::chrono_literals;

constexpr const char* systemd_name = "org.freedesktop.systemd1";
constexpr const char* manager_path = "/org/freedesktop/systemd1";
constexpr const char* manager_interface = "org.freedesktop.systemd1.Manager";
constexpr Duration query_limit = 10s;
constexpr Duration reload_limit = 90s;  // a machine with many units, busy
constexpr Duration first_pause = 1s;    // between two attempts to connect
constexpr Duration longest_pause = 60s;

/// An event that somebody waits for: `tell` wakes him, also when he comes later.
class Event {
public:
    explicit Event(const asio::any_io_executor& executor) : timer_(executor) {}

    void tell() {
        told_ = true;
        timer_.wake();
    }
    /// Whether it was told since the last time; false when cancelled.
    Task<bool> told() {
        co_await asio::this_coro::throw_if_cancelled(false);
        const bool cancelled = co_await is_cancelled();  // when nothing was waiting
        if (!told_ && !cancelled) {
            co_await timer_.wait();
        }
        co_return std::exchange(told_, false);
    }

private:
    Timer timer_;
    bool told_ = false;
};

std::string manager_rule(std::string_view member) {
    return "type='signal',sender='org.freedesktop.systemd1',path='/org/freedesktop/systemd1',"
           "interface='org.freedesktop.systemd1.Manager',member='" +
           std::string(member) + "'";
}

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

/// The ends of jobs, from before the job is asked for.
struct JobEnds {
    explicit JobEnds(const asio::any_io_executor& executor) : heard(executor) {}

    void hear(sd_bus_message* signal) {
        std::uint32_t id = 0;
        const char *path = nullptr, *unit = nullptr, *result = nullptr;
        if (sd_bus_message_read(signal, "uoss", &id, &path, &unit, &result) > 0)
            ends.emplace_back(path, result);
        heard.tell();
    }
    /// How the job ended; "" when it has not.
    std::string of(const std::string& job) const {
        const auto end =
            std::find_if(ends.begin(), ends.end(), [&](const auto& e) { return e.first == job; });
        return end == ends.end() ? "" : end->second;
    }

    void lose() {
        lost = true;
        heard.tell();
    }

    Event heard;
    bool lost = false;                                      ///< the connection
    std::vector<std::pair<std::string, std::string>> ends;  ///< path of the job, result
};

/// Until `job` has ended: its result.
Task<Result<std::string>> end_of(JobEnds& ends, std::string job) {
    for (;;) {
        std::string result = ends.of(job);
        if (!result.empty()) co_return result;
        if (ends.lost)
            co_return Error(ErrorKind::unavailable, "the connection to systemd was lost meanwhile");
        const bool told = co_await ends.heard.told();
        if (!told) co_return Error(ErrorKind::cancelled, "job");
    }
}

ErrorKind kind_of_end(std::string_view result) {
    if (result == "timeout") return ErrorKind::timeout;
    if (result == "canceled" || result == "invalid") return ErrorKind::conflict;
    return ErrorKind::unavailable;
}

Result<std::string> read_path(const Result<BusMessage>& reply) {
    if (!reply) return reply.error();
    const char* path = nullptr;
    const int r = sd_bus_message_read_basic(reply->get(), 'o', &path);
    if (r <= 0) return Error(ErrorKind::internal, "a reply without a path");
    return std::string(path);
}

Result<> without_value(const Result<BusMessage>& reply) {
    if (!reply) return reply.error();
    return {};
}

Result<BusMessage> manager_call(Bus& bus, const char* method) {
    return bus.new_call(systemd_name, manager_path, manager_interface, method);
}

}  // namespace

struct Systemd::State {
    State(const asio::any_io_executor& on, std::vector<std::string> units)
        : executor(on), watched(std::move(units)), dirty(on), attempted(on) {}

    /// The connection as it is. At the beginning: as it is once it was tried for the first time.
    Task<Result<std::shared_ptr<Bus>>> connection();
    /// Calls a method of the manager whose arguments are strings.
    Task<Result<BusMessage>> call(std::string method, std::vector<std::string> arguments, Duration limit);
    Task<Result<UnitFacts>> facts(std::string name);
    Task<Result<>> enable(std::string name);
    Task<Result<>> job(std::string verb, std::string method, std::string name, Duration limit);
    Task<Result<std::string>> ended_job(std::string method, std::string name);

    /// One connection from its beginning to its end.
    Task<void> serve();
    Result<std::vector<Bus::Match>> listen(Bus& on);
    Task<Result<>> attend(std::shared_ptr<Bus> on);
    void gain(std::shared_ptr<Bus> connected);
    void lose(const Error& why);

    asio::any_io_executor executor;
    std::vector<std::string> watched;
    Event dirty;
    Timer attempted;  ///< wakes at the first attempt
    bool tried = false;
    bool complained = false;  ///< of the connection's absence
    Duration pause = first_pause;
    std::shared_ptr<Bus> bus;
    Error loss{ErrorKind::unavailable, "systemd: not connected yet"};  ///< why there is none
};

Task<Result<std::shared_ptr<Bus>>> Systemd::State::connection() {
    co_await asio::this_coro::throw_if_cancelled(false);
    if (!tried) {
        co_await attempted.wait();
    }
    if (!bus) co_return loss;
    co_return bus;
}

Task<Result<BusMessage>> Systemd::State::call(std::string method, std::vector<std::string> arguments,
                                              Duration limit) {
    const auto on = co_await with_timeout(limit, "systemd: no connection", connection());
    if (!on) co_return on.error();
    auto request = manager_call(**on, method.c_str());
    if (!request) co_return request.error();
    for (const std::string& argument : arguments)
        (void)sd_bus_message_append_basic(request->get(), 's', argument.c_str());
    co_return co_await (*on)->call(std::move(*request), limit);
}

Task<Result<UnitFacts>> Systemd::State::facts(std::string name) {
    std::vector<std::string> arguments{name};
    const auto path = read_path(co_await call("LoadUnit", std::move(arguments), query_limit));
    if (!path) co_return path.error();
    const auto on = co_await connection();
    if (!on) co_return on.error();
    auto request = (*on)->new_call(systemd_name, path->c_str(), "org.freedesktop.DBus.Properties", "GetAll");
    if (!request) co_return request.error();
    (void)sd_bus_message_append_basic(request->get(), 's', "");  // of all interfaces
    const auto properties = co_await (*on)->call(std::move(*request), query_limit);
    if (!properties) co_return properties.error();
    co_return read_unit_facts(properties->get());
}

Task<Result<>> Systemd::State::enable(std::string name) {
    const auto on = co_await with_timeout(query_limit, "systemd: no connection", connection());
    if (!on) co_return on.error();
    auto request = manager_call(**on, "EnableUnitFiles");
    if (!request) co_return request.error();
    const int until_reboot = 0, by_force = 0;
    (void)sd_bus_message_append(request->get(), "asbb", 1, name.c_str(), until_reboot, by_force);
    co_return without_value(co_await (*on)->call(std::move(*request), query_limit));
}

Task<Result<std::string>> Systemd::State::ended_job(std::string method, std::string name) {
    const auto on = co_await connection();
    if (!on) co_return on.error();
    JobEnds ends(executor);
    const auto heard = (*on)->on_signal(manager_rule("JobRemoved"), [&](sd_bus_message* m) { ends.hear(m); });
    const auto lost = (*on)->on_loss([&] { ends.lose(); });
    if (!heard || !lost) co_return (heard ? lost : heard).error();
    std::vector<std::string> arguments{name, "replace"};
    const auto path = read_path(co_await call(method, std::move(arguments), query_limit));
    if (!path) co_return path.error();
    co_return co_await end_of(ends, *path);
}

Task<Result<>> Systemd::State::job(std::string verb, std::string method, std::string name, Duration limit) {
    const std::string doing = verb + " " + name;
    const auto result =
        co_await with_timeout(limit, "the job has not ended in time", ended_job(method, name));
    if (!result) co_return result.error().within(doing);
    if (*result == "done" || *result == "skipped") co_return Result<>{};
    std::string text = "the job ended as '" + *result + "'";
    const auto after = co_await facts(name);
    if (after && !after->result.empty()) text += ", the unit's result is '" + after->result + "'";
    co_return Error(kind_of_end(*result), doing + ": " + text);
}

Result<std::vector<Bus::Match>> Systemd::State::listen(Bus& on) {
    std::vector<std::string> rules{manager_rule("UnitFilesChanged"), manager_rule("Reloading")};
    for (const std::string& unit : watched) rules.push_back(unit_rule(unit));
    std::vector<Bus::Match> matches;
    for (const std::string& rule : rules) {
        auto match = on.on_signal(rule, [this](sd_bus_message*) { dirty.tell(); });
        if (!match) return match.error();
        matches.push_back(std::move(*match));
    }
    return matches;
}

void Systemd::State::gain(std::shared_ptr<Bus> connected) {
    if (complained) log::info("systemd answers again");
    complained = false;
    pause = first_pause;
    bus = std::move(connected);
    tried = true;
    attempted.wake();
    dirty.tell();
}

void Systemd::State::lose(const Error& why) {
    loss = why.within("systemd");
    const bool ours = why.kind() == ErrorKind::cancelled;
    if (!complained && !ours) log::warning("systemd does not answer; trying on", {{"ERROR", why.message()}});
    complained = complained || !ours;
    if (bus) dirty.tell();
    bus.reset();
    tried = true;
    attempted.wake();
}

/// Has systemd send its signals, to whoever else is listening.
Task<Result<>> Systemd::State::attend(std::shared_ptr<Bus> on) {
    auto request = manager_call(*on, "Subscribe");
    if (!request) co_return request.error();
    co_return without_value(co_await on->call(std::move(*request), query_limit));
}

Task<void> Systemd::State::serve() {
    const auto on = Bus::connect(executor);
    if (!on) co_return lose(on.error());
    const auto matches = listen(**on);
    if (!matches) co_return lose(matches.error());
    std::optional<Result<>> pumped;
    TaskGroup pumping(executor);
    pumping.spawn(keep((*on)->pump(), pumped));
    const auto attended = co_await attend(*on);
    if (attended && !pumped) gain(*on);
    else pumping.cancel();
    co_await pumping.join();
    lose(attended ? pumped->error() : attended.error());
}

Systemd::Systemd(const asio::any_io_executor& executor, std::vector<std::string> watched)
    : state_(std::make_unique<State>(executor, std::move(watched))) {}
Systemd::~Systemd() = default;

Task<void> Systemd::run() {
    co_await asio::this_coro::throw_if_cancelled(false);
    for (bool going_on = true; going_on;) {
        co_await state_->serve();
        const bool cancelled = co_await is_cancelled();
        going_on = !cancelled && co_await sleep_for(state_->pause);
        state_->pause = std::min(2 * state_->pause, longest_pause);
    }
}

Task<Result<>> Systemd::changed() {
    const bool told = co_await state_->dirty.told();
    if (!told) co_return Error(ErrorKind::cancelled, "changes of units");
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
    const auto reply = co_await state_->call("ResetFailedUnit", std::move(arguments), query_limit);
    // A unit that systemd has not loaded has nothing to forget.
    if (!reply && reply.error().kind() != ErrorKind::not_found) co_return reply.error().within(name);
    co_return Result<>{};
}

Task<Result<>> Systemd::enable(std::string name) {
    const auto enabled = co_await state_->enable(name);
    if (!enabled) co_return enabled.error().within("enable " + name);
    co_return co_await daemon_reload();  // as systemctl does, so that what it says of the unit is true again
}

Task<Result<>> Systemd::daemon_reload() {
    std::vector<std::string> none;
    const auto reply = co_await state_->call("Reload", std::move(none), reload_limit);
    co_return without_value(reply);
}

}  // namespace dockerext::host
