#pragma once

#include "model/history.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace dockerext::reconcile {

/// A cap on all actions together: whatever goes wrong, say two controllers at odds over one container, the
/// engine is not kept busy with it. One plan may overdraw it, and orders of people begin a new one: only what
/// goes on and on by itself meets it. A value.
class ActionBudget {
public:
    /// Whether something may be begun now.
    bool allows(model::SteadyTime now) const { return left(now) > 0; }
    void spend(std::size_t actions, model::SteadyTime now) {
        left_ = left(now) - static_cast<double>(actions);
        at_ = now;
    }
    /// When something may be begun again.
    model::SteadyTime ready_at(model::SteadyTime now) const {
        const std::chrono::duration<double> wait(std::max(0.0, 1 - left(now)) / per_second);
        return now + std::chrono::ceil<std::chrono::milliseconds>(wait);
    }

private:
    static constexpr double most = 1500;
    static constexpr double per_second = 2;

    double left(model::SteadyTime now) const {
        const double gained = per_second * std::chrono::duration<double>(now - at_).count();
        return std::min(most, left_ + gained);
    }

    double left_ = most;
    model::SteadyTime at_;
};

}  // namespace dockerext::reconcile
