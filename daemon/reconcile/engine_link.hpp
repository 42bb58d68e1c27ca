#pragma once

#include "engine/client.hpp"
#include "engine/events.hpp"
#include "model/status.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace dockerext::reconcile {

/// Keeps hold of the engine: finds it, subscribes to its events, hands them on, and comes back when it was lost.
/// It never waits for anyone's work, since a reader that stalls slows the whole engine.
class EngineLink {
public:
    struct Listener {
        /// Subscribed. `missed` is what the engine remembers of the time since the last event heard.
        std::function<void(const std::vector<engine::Event>& missed)> connected;
        std::function<void(const engine::Event&)> heard;
        std::function<void(const Error&)> lost;
    };

    EngineLink(engine::Client& client, Listener listener) : client_(client), listener_(std::move(listener)) {}

    /// Until cancelled.
    Task<void> run();

    bool connected() const noexcept { return connected_; }
    /// From when on `missed` counts, if this link has heard nothing yet: the last moment of an earlier process.
    void heard_until(model::WallTime time) { last_heard_ = time; }
    /// How the engine stands, as far as is known without asking it.
    model::EngineStatus status() const;

private:
    Task<Error> hold();
    Task<Result<engine::EventStream>> connect();
    void lose(const Error& error);

    engine::Client& client_;
    Listener listener_;
    bool connected_ = false;
    std::optional<model::WallTime> last_heard_;
    model::EngineStatus status_;
};

}  // namespace dockerext::reconcile
