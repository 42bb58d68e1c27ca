#include "docker/events.hpp"

#include "base/clock.hpp"

namespace dockerext::sim {
namespace {

constexpr std::size_t remembered = 256;  ///< as Docker does

std::string line_of(const std::string& type, const std::string& action, const std::string& id,
                    const json::Texts& attributes, WallTime time) {
    return "{\"Type\":" + json::string_text(type) + ",\"Action\":" + json::string_text(action) +
           ",\"Actor\":{\"ID\":" + json::string_text(id) + ",\"Attributes\":" + json::text_of(attributes) +
           "},\"timeNano\":" + std::to_string(std::chrono::nanoseconds(time.time_since_epoch()).count()) +
           "}\n";
}

}  // namespace

void Events::emit(const std::string& type, const std::string& action, const std::string& id,
                  json::Texts attributes) {
    const std::string line = line_of(type, action, id, attributes, wall_now());
    past_events_.push_back({wall_now(), line});
    if (past_events_.size() > remembered) past_events_.pop_front();
    if (trace) trace("event " + type + " " + action + " " + attributes["name"] + " " + id.substr(0, 12));
    std::erase_if(listeners_, [](const auto& listener) { return listener.expired(); });
    for (const auto& weak : listeners_) {
        const auto listener = weak.lock();
        if (drops_event()) continue;
        listener->push(line);
        if (duplicates_event()) listener->push(line);
    }
}

std::string Events::past(WallTime since, WallTime until) const {
    std::string lines;
    for (const PastEvent& each : past_events_) {
        if (each.time >= since && each.time <= until) lines += each.line;
    }
    return lines;
}

void Events::cut() {
    for (const auto& weak : std::exchange(listeners_, {})) {
        if (const auto listener = weak.lock()) listener->cut();
    }
}

}  // namespace dockerext::sim
