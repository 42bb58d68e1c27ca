#pragma once

#include "base/clock.hpp"

#include <optional>
#include <string>
#include <vector>

namespace dockerext::reconcile {

/// A moment at which the loop looks again without being told, and why.
struct WakeUp {
    SteadyTime at;
    std::string reason;  ///< for people: "next full check", "backoff of container web-1 ends"
    bool operator==(const WakeUp&) const = default;
};

/// All moments at which the loop looks again by itself. Every wait of the loop is in it.
class WakeUps {
public:
    void add(SteadyTime at, std::string reason) { all_.push_back({at, std::move(reason)}); }

    /// The first; none when only others' news ends the rest.
    const WakeUp* next() const noexcept;
    const std::vector<WakeUp>& all() const noexcept { return all_; }

private:
    std::vector<WakeUp> all_;
};

/// A line a wake-up in the order of their moments: "in 12.5 s: next full check".
std::string to_text(const WakeUps& wake_ups, SteadyTime now);

}  // namespace dockerext::reconcile
