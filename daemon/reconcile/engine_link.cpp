#include "reconcile/engine_link.hpp"

#include "base/message_id.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>

namespace dockerext::reconcile {
namespace {

using namespace std::chrono_literals;
constexpr Duration first_retry = 100ms;
constexpr Duration longest_retry = 2s;
constexpr Duration hung_after = 8s;  ///< a quick call that waits for this long tells of a hung engine

model::WallTime wall_now() { return std::chrono::system_clock::now(); }

}  // namespace

Task<void> EngineLink::run() {
    co_await asio::this_coro::throw_if_cancelled(false);
    status_.since = wall_now();
    for (Duration pause = first_retry;; pause = std::min(2 * pause, longest_retry)) {
        const Error error = co_await hold();
        if (error.kind() == ErrorKind::cancelled) co_return;
        if (connected_) pause = first_retry;
        lose(error);
        const bool told_to_end = co_await is_cancelled();
        if (told_to_end) co_return;
        const bool slept = co_await sleep_for(pause);
        if (!slept) co_return;
    }
}

/// Connected, and listening until something breaks.
Task<Error> EngineLink::hold() {
    auto stream = co_await connect();
    if (!stream) co_return stream.error();
    const bool told_already = co_await is_cancelled();
    if (told_already) co_return Error(ErrorKind::cancelled, "event stream");
    for (;;) {
        auto event = co_await stream->next();
        if (!event) co_return event.error();
        last_heard_ = std::max(event->time, last_heard_.value_or(event->time));
        listener_.heard(*event);
        const bool told_to_end = co_await is_cancelled();  // while it was not waiting
        if (told_to_end) co_return Error(ErrorKind::cancelled, "event stream");
    }
}

Task<Result<engine::EventStream>> EngineLink::connect() {
    auto version = co_await client_.negotiate();
    if (!version) co_return version.error();
    const auto moment = wall_now();
    // Subscribed first, so that nothing falls between what is remembered and what is heard.
    auto stream = co_await engine::EventStream::open(client_, moment);
    if (!stream) co_return stream.error();
    std::vector<engine::Event> missed;
    if (last_heard_) {
        auto remembered = co_await engine::past_events(client_, *last_heard_, moment);
        if (!remembered) co_return remembered.error();
        missed = std::move(*remembered);
    }
    last_heard_ = moment;
    connected_ = true;
    status_ = {.state = "running", .version = version->version, .api = to_string(version->api), .since = moment};
    log::info("engine connected", {log::id_engine_back, {"VERSION", status_.version}, {"API", status_.api}});
    listener_.connected(missed);
    co_return std::move(*stream);
}

void EngineLink::lose(const Error& error) {
    if (connected_) log::warning("engine lost", {log::id_engine_lost, {"ERROR", error.message()}});
    if (connected_ || status_.state == "unknown") status_.since = wall_now();
    status_.state = "unreachable";
    status_.message = error.message();
    if (std::exchange(connected_, false)) listener_.lost(error);
}

model::EngineStatus EngineLink::status() const {
    const auto waiting = client_.longest_wait();
    if (!waiting || *waiting < hung_after) return status_;
    model::EngineStatus hung = status_;
    hung.state = "not answering";
    hung.since = wall_now() - std::chrono::duration_cast<model::WallTime::duration>(*waiting);
    hung.message = "a call has been waiting for " +
                   std::to_string(std::chrono::duration_cast<std::chrono::seconds>(*waiting).count()) + " s";
    return hung;
}

}  // namespace dockerext::reconcile
