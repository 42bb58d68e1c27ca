#pragma once

#include "base/clock.hpp"

#include <optional>
#include <string>
#include <vector>

namespace dockerext::reconcile {

/// A time at which the loop runs without an event, and why.
struct WakeUp {
    SteadyTime at;
    std::string reason;  ///< for people: "next full check", "backoff of container web-1 ends"
    bool operator==(const WakeUp&) const = default;
};

/// All times at which the loop runs by itself. Every wait of the loop is in it.
class WakeUps {
public:
    void add(SteadyTime at, std::string reason) { all_.push_back({at, std::move(reason)}); }

    /// The first one; null if only an event ends the sleep.
    const WakeUp* next() const noexcept;
    const std::vector<WakeUp>& all() const noexcept { return all_; }

private:
    std::vector<WakeUp> all_;
};

/// One line per wake-up, in order of time: "in 12.5 s: next full check".
std::string to_text(const WakeUps& wake_ups, SteadyTime now);

}  // namespace dockerext::reconcile
