#include "reconcile/engine_link.hpp"

#include "base/catch_exceptions.hpp"
#include "base/clock.hpp"
#include "base/message_id.hpp"
#include "engine/system.hpp"

#include <algorithm>

namespace dockerext::reconcile {
namespace {

using namespace std::chrono_literals;
constexpr Duration first_retry = 100ms;
constexpr Duration longest_retry = 2s;
/// Attempts to read the missed events: 1.5 s of pauses, plus the time of the calls.
constexpr unsigned max_tries = 5;
/// After a link that held this long, the pauses restart from the shortest.
constexpr Duration stable_after = 10s;
constexpr Duration hung_after = 8s;  ///< if a quick call waits this long, the engine hangs
constexpr Duration ping_after = 2s;  ///< if a call waits this long, the link sends a ping
constexpr Duration dead_after = 5s;  ///< if a ping waits this long, the engine hangs

}  // namespace

Task<void> EngineLink::run() {
    status_.since = wall_now();
    for (Duration pause = first_retry;; pause = std::min(2 * pause, longest_retry)) {
        const auto begun = steady_now();
        const Error error = co_await connect_and_receive();
        if (error.kind() == ErrorKind::cancelled) co_return;
        if (connected_ && steady_now() - begun > stable_after) pause = first_retry;
        connection_lost(error);
        const bool slept = co_await sleep_for(pause);
        if (!slept) co_return;
    }
}

/// Connects, and receives events until the connection fails.
Task<Error> EngineLink::connect_and_receive() {
    auto stream = co_await connect();
    if (!stream) co_return stream.error();
    const bool cancelled_already = co_await is_cancelled();
    if (cancelled_already) co_return Error(ErrorKind::cancelled, "event stream");
    for (;;) {
        auto event = co_await stream->next();
        if (!event) co_return event.error();
        received_until_ = std::max(event->time, received_until_.value_or(event->time));
        const auto delivered = catch_exceptions_of([&] { listener_.event_received(*event); });
        if (!delivered) co_return delivered.error();     // after the reconnection, everything is inspected
        const bool cancelled = co_await is_cancelled();  // cancelled outside of an await
        if (cancelled) co_return Error(ErrorKind::cancelled, "event stream");
    }
}

Task<Result<engine::EventStream>> EngineLink::connect() {
    auto version = co_await client_.negotiate();
    if (!version) co_return version.error();
    const auto moment = wall_now();
    // Subscribes first, so that no event falls between the missed ones and the received ones.
    auto stream = co_await engine::EventStream::open(client_, moment);
    if (!stream) co_return stream.error();
    auto missed = co_await read_missed_events(moment);
    if (!missed) co_return missed.error();
    received_until_ = moment;
    connected_ = true;
    status_ = {.state = model::EngineState::running,
               .version = version->version,
               .api = to_string(version->api),
               .since = moment};
    log::info("connected to Docker Engine " + status_.version,
              {log::id_engine_back, {"VERSION", status_.version}, {"API", status_.api}});
    missed->version = status_.version;
    const auto notified = catch_exceptions_of([&] { listener_.connected(*missed); });
    if (!notified) co_return notified.error();  // after the reconnection, the listener is called again
    co_return std::move(*stream);
}

/// Tries several times: only these events distinguish a run that was cut off during the absence from one that
/// ended by itself, and they cannot be read later. If all tries fail, the gap remains; the daemon works with
/// the engine all the same.
Task<Result<EngineLink::MissedEvents>> EngineLink::read_missed_events(model::WallTime until) {
    if (!received_until_) co_return MissedEvents{};
    const bool set_back = *received_until_ >= until;
    const model::WallTime since = set_back ? model::WallTime{} : *received_until_;
    Duration pause = first_retry;
    for (unsigned tries = 1;; ++tries, pause *= 2) {
        auto events = co_await engine::past_events(client_, since, until);
        if (events) {
            const bool complete = events->size() < engine::engine_event_limit;
            co_return MissedEvents{
                .events = std::move(*events), .complete = complete, .includes_received = set_back};
        }
        const ErrorKind kind = events.error().kind();
        if (kind == ErrorKind::cancelled) co_return events.error();
        if (kind == ErrorKind::timeout || tries == max_tries) {
            log::warning("cannot read the events that were missed", {{"ERROR", events.error().message()}});
            co_return MissedEvents{};
        }
        const bool slept = co_await sleep_for(pause);
        if (!slept) co_return Error(ErrorKind::cancelled, "past events");
    }
}

void EngineLink::connection_lost(const Error& error) {
    if (connected_)
        log::warning("lost connection to Docker Engine", {log::id_engine_lost, {"ERROR", error.message()}});
    if (connected_ || status_.state == model::EngineState::unknown) status_.since = wall_now();
    status_.state = model::EngineState::unreachable;
    status_.message = connected_ ? "lost connection to Docker (restarting)" : error.message();
    if (!std::exchange(connected_, false)) return;
    const auto notified = catch_exceptions_of([&] { listener_.lost(error); });
    if (!notified)
        log::error("cannot handle the loss of the engine", {{"ERROR", notified.error().message()}});
}

Task<void> EngineLink::watch() {
    for (;;) {
        const bool slept = co_await sleep_for(1s);
        if (!slept) co_return;
        if (client_.longest_wait() < ping_after) {
            hung_since_.reset();
            continue;
        }
        const auto ping_sent = wall_now();
        ping_sent_at_ = steady_now();
        const auto answer = co_await engine::ping(client_);
        ping_sent_at_.reset();
        if (answer) hung_since_.reset();
        else if (answer.error().kind() == ErrorKind::timeout) hung_since_ = hung_since_.value_or(ping_sent);
    }
}

/// Zero while there is no sign of a hang.
Duration EngineLink::hang_duration() const {
    const Duration ping = ping_sent_at_ ? steady_now() - *ping_sent_at_ : Duration::zero();
    if (ping >= dead_after) return ping;
    const Duration call = client_.longest_quick_wait();
    return call < hung_after ? Duration::zero() : call;
}

model::EngineStatus EngineLink::status() const {
    const Duration waiting = hang_duration();
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
