#pragma once

#include "base/clock.hpp"
#include "engine/client.hpp"
#include "engine/events.hpp"
#include "model/status.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace dockerext::reconcile {

/// Keeps the connection to the engine: finds the engine, subscribes to its events, passes them on, and
/// reconnects after a loss. It never waits for the work of others, because a reader that stalls slows down
/// the whole engine.
class EngineLink {
public:
    /// The events of the engine between the last event received and this connection.
    struct MissedEvents {
        std::string version;  ///< of the engine that is connected now
        std::vector<engine::Event> events;
        /// Whether `events` is complete: nothing else can have happened, except while the engine was down.
        bool complete = false;
        /// The clock was set back during the absence, so no range of times holds just the missed events:
        /// `events` are all that the engine remembers, and many of them have been received before.
        bool includes_received = false;
    };
    struct Listener {
        std::function<void(const MissedEvents&)> connected;  ///< called after the subscription to events
        std::function<void(const engine::Event&)> event_received;
        std::function<void(const Error&)> lost;
    };

    EngineLink(engine::Client& client, Listener listener) : client_(client), listener_(std::move(listener)) {}

    /// Runs until cancelled.
    Task<void> run();
    /// Detects within 10 s that the engine hangs, while a call waits for it. Sends nothing while no call
    /// waits. Runs until cancelled.
    Task<void> watch();

    bool connected() const noexcept { return connected_; }
    /// The start of the time that `MissedEvents` covers, as long as this link has received no event: the last
    /// moment at which an earlier process listened.
    void set_received_until(model::WallTime time) { received_until_ = time; }
    /// The system clock was set, so the time of the last event is of the old clock. While connected, the link
    /// has received everything up to now.
    void clock_was_set() {
        if (connected_) received_until_ = wall_now();
    }
    /// The status of the engine, as far as it is known without a call.
    model::EngineStatus status() const;

private:
    Task<Error> connect_and_receive();
    Task<Result<engine::EventStream>> connect();
    Task<Result<MissedEvents>> read_missed_events(model::WallTime until);
    void connection_lost(const Error& error);
    Duration hang_duration() const;

    engine::Client& client_;
    Listener listener_;
    bool connected_ = false;
    std::optional<model::WallTime> received_until_;
    model::EngineStatus status_;
    std::optional<model::SteadyTime> ping_sent_at_;  ///< when the ping that waits for an answer was sent
    std::optional<model::WallTime> hung_since_;      ///< none while the engine answers
};

}  // namespace dockerext::reconcile
