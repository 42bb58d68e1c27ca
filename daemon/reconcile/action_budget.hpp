#pragma once

#include "model/history.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace dockerext::reconcile {

/// Caps the rate of all actions together. Whatever goes wrong (for example, two controllers that fight over
/// one container), the daemon does not keep the engine busy with it. One plan may overdraw the budget, and an
/// order from a person starts a new one: only work that repeats by itself reaches the cap. A value.
class ActionBudget {
public:
    /// Whether a new action may start now.
    bool allows(model::SteadyTime now) const { return left(now) > 0; }
    void spend(std::size_t actions, model::SteadyTime now) {
        left_ = left(now) - static_cast<double>(actions);
        at_ = now;
    }
    /// When the next action may start.
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
