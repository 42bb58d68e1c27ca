#pragma once

#include "base/clock.hpp"
#include "engine/client.hpp"
#include "engine/events.hpp"
#include "model/status.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace dockerext::reconcile {

/// Keeps hold of the engine: finds it, subscribes to its events, hands them on, and comes back when it was
/// lost. It never waits for anyone's work, since a reader that stalls slows the whole engine.
class EngineLink {
public:
    /// What the engine told of the time since the last event heard.
    struct Missed {
        std::string version;  ///< of the engine that is there now
        std::vector<engine::Event> events;
        bool all =
            false;  ///< no more than these can have happened, but for an engine that was down meanwhile
    };
    struct Listener {
        std::function<void(const Missed&)> connected;  ///< subscribed
        std::function<void(const engine::Event&)> heard;
        std::function<void(const Error&)> lost;
    };

    EngineLink(engine::Client& client, Listener listener) : client_(client), listener_(std::move(listener)) {}

    /// Until cancelled.
    Task<void> run();
    /// Finds out within 10 s that the engine hangs, while a call waits for it; asks nothing at rest. Until
    /// cancelled.
    Task<void> watch();

    bool connected() const noexcept { return connected_; }
    /// From when on `missed` counts, if this link has heard nothing yet: the last moment of an earlier
    /// process.
    void heard_until(model::WallTime time) { last_heard_ = time; }
    /// What was heard last was of another clock; while connected, everything up to now has been.
    void clock_was_set() {
        if (connected_) last_heard_ = wall_now();
    }
    /// How the engine stands, as far as is known without asking it.
    model::EngineStatus status() const;

private:
    Task<Error> hold();
    Task<Result<engine::EventStream>> connect();
    Task<Result<Missed>> ask_what_was_missed(model::WallTime until);
    void lose(const Error& error);
    Duration hung_for() const;

    engine::Client& client_;
    Listener listener_;
    bool connected_ = false;
    std::optional<model::WallTime> last_heard_;
    model::EngineStatus status_;
    std::optional<model::SteadyTime> asked_;     ///< since when a ping waits
    std::optional<model::WallTime> hung_since_;  ///< none while it answers
};

}  // namespace dockerext::reconcile
