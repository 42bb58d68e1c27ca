#include "reconcile/engine_link.hpp"

#include "base/clock.hpp"
#include "base/contained.hpp"
#include "base/message_id.hpp"
#include "engine/system.hpp"

#include <algorithm>

namespace dockerext::reconcile {
namespace {

using namespace std::chrono_literals;
constexpr Duration first_retry = 100ms;
constexpr Duration longest_retry = 2s;
/// Attempts to read the missed events: 1.5 s of pauses, plus the time of the calls.
constexpr unsigned most_tries = 5;
/// After a link that held this long, the pauses restart from the shortest.
constexpr Duration steady_after = 10s;
constexpr Duration hung_after = 8s;  ///< if a quick call waits this long, the engine hangs
constexpr Duration ping_after = 2s;  ///< if a call waits this long, the link sends a ping
constexpr Duration dead_after = 5s;  ///< if a ping waits this long, the engine hangs

}  // namespace

Task<void> EngineLink::run() {
    status_.since = wall_now();
    for (Duration pause = first_retry;; pause = std::min(2 * pause, longest_retry)) {
        const auto begun = steady_now();
        const Error error = co_await hold();
        if (error.kind() == ErrorKind::cancelled) co_return;
        if (connected_ && steady_now() - begun > steady_after) pause = first_retry;
        lose(error);
        const bool slept = co_await sleep_for(pause);
        if (!slept) co_return;
    }
}

/// Connects, and receives events until the connection fails.
Task<Error> EngineLink::hold() {
    auto stream = co_await connect();
    if (!stream) co_return stream.error();
    const bool told_already = co_await is_cancelled();
    if (told_already) co_return Error(ErrorKind::cancelled, "event stream");
    for (;;) {
        auto event = co_await stream->next();
        if (!event) co_return event.error();
        last_heard_ = std::max(event->time, last_heard_.value_or(event->time));
        const auto passed_on = contained_call([&] { listener_.heard(*event); });
        if (!passed_on) co_return passed_on.error();       // after the reconnection, everything is inspected
        const bool told_to_end = co_await is_cancelled();  // cancelled outside of an await
        if (told_to_end) co_return Error(ErrorKind::cancelled, "event stream");
    }
}

Task<Result<engine::EventStream>> EngineLink::connect() {
    auto version = co_await client_.negotiate();
    if (!version) co_return version.error();
    const auto moment = wall_now();
    // Subscribes first, so that no event falls between the missed ones and the received ones.
    auto stream = co_await engine::EventStream::open(client_, moment);
    if (!stream) co_return stream.error();
    auto missed = co_await ask_what_was_missed(moment);
    if (!missed) co_return missed.error();
    last_heard_ = moment;
    connected_ = true;
    status_ = {.state = model::EngineState::running,
               .version = version->version,
               .api = to_string(version->api),
               .since = moment};
    log::info("engine connected", {log::id_engine_back, {"VERSION", status_.version}, {"API", status_.api}});
    missed->version = status_.version;
    const auto told = contained_call([&] { listener_.connected(*missed); });
    if (!told) co_return told.error();  // after the reconnection, the listener is called again
    co_return std::move(*stream);
}

/// Tries several times: only these events distinguish a run that was cut off during the absence from one that
/// ended by itself, and they cannot be read later. If all tries fail, the gap remains; the daemon works with
/// the engine all the same.
Task<Result<EngineLink::Missed>> EngineLink::ask_what_was_missed(model::WallTime until) {
    if (!last_heard_ || *last_heard_ >= until)
        co_return Missed{};  // the clock was set back: there is no valid range to ask for
    Duration pause = first_retry;
    for (unsigned tries = 1;; ++tries, pause *= 2) {
        auto events = co_await engine::past_events(client_, *last_heard_, until);
        if (events) {
            const bool all = events->size() < engine::remembered_events;
            co_return Missed{.events = std::move(*events), .all = all};
        }
        const ErrorKind kind = events.error().kind();
        if (kind == ErrorKind::cancelled) co_return events.error();
        if (kind == ErrorKind::timeout || tries == most_tries) {
            log::warning("cannot read the events that were missed", {{"ERROR", events.error().message()}});
            co_return Missed{};
        }
        const bool slept = co_await sleep_for(pause);
        if (!slept) co_return Error(ErrorKind::cancelled, "past events");
    }
}

void EngineLink::lose(const Error& error) {
    if (connected_) log::warning("engine lost", {log::id_engine_lost, {"ERROR", error.message()}});
    if (connected_ || status_.state == model::EngineState::unknown) status_.since = wall_now();
    status_.state = model::EngineState::unreachable;
    status_.message = connected_ ? "lost connection to Docker (restarting)" : error.message();
    if (!std::exchange(connected_, false)) return;
    const auto told = contained_call([&] { listener_.lost(error); });
    if (!told) log::error("cannot handle the loss of the engine", {{"ERROR", told.error().message()}});
}

Task<void> EngineLink::watch() {
    for (;;) {
        const bool slept = co_await sleep_for(1s);
        if (!slept) co_return;
        if (client_.longest_wait() < ping_after) {
            hung_since_.reset();
            continue;
        }
        const auto asked = wall_now();
        asked_ = steady_now();
        const auto answer = co_await engine::ping(client_);
        asked_.reset();
        if (answer) hung_since_.reset();
        else if (answer.error().kind() == ErrorKind::timeout) hung_since_ = hung_since_.value_or(asked);
    }
}

/// Zero while there is no sign of a hang.
Duration EngineLink::hung_for() const {
    const Duration ping = asked_ ? steady_now() - *asked_ : Duration::zero();
    if (ping >= dead_after) return ping;
    const Duration call = client_.longest_quick_wait();
    return call < hung_after ? Duration::zero() : call;
}

model::EngineStatus EngineLink::status() const {
    const Duration waiting = hung_for();
    if (waiting == Duration::zero() && !hung_since_) return status_;
    model::EngineStatus hung = status_;
    hung.state = model::EngineState::not_answering;
    hung.since =
        hung_since_.value_or(wall_now() - std::chrono::duration_cast<model::WallTime::duration>(waiting));
    hung.message =
        "a request has been waiting for " +
        std::to_string(std::chrono::duration_cast<std::chrono::seconds>(client_.longest_wait()).count()) +
        " s";
    return hung;
}

}  // namespace dockerext::reconcile
