#pragma once

#include "base/clock.hpp"
#include "docker/json.hpp"
#include "stream.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace dockerext::sim {

/// The engine's events. Sends them to subscribers and keeps the latest until the engine goes down.
class Events {
public:
    void emit(const std::string& type, const std::string& action, const std::string& id,
              json::Texts attributes);
    void subscribe(std::weak_ptr<Stream> stream) { listeners_.push_back(std::move(stream)); }
    /// The events after `since` up to `until`, as JSON lines.
    std::string past(WallTime since, WallTime until) const;
    /// Closes every connection. A restart also calls `forget`.
    void cut();
    void forget() { past_events_.clear(); }

    std::function<bool()> drops_event = [] { return false; };       ///< whether this event is lost on its way
    std::function<bool()> duplicates_event = [] { return false; };  ///< whether this event is sent twice
    std::function<void(const std::string&)> trace;

private:
    struct PastEvent {
        WallTime time;
        std::string line;
    };
    std::deque<PastEvent> past_events_;
    std::vector<std::weak_ptr<Stream>> listeners_;
};

}  // namespace dockerext::sim
