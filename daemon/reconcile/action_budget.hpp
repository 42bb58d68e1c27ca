#pragma once

#include "model/history.hpp"

#include <cstddef>

namespace dockerext::reconcile {

/// Caps the rate of all actions together. Whatever goes wrong (for example, two controllers that fight over
/// one container), the daemon does not keep the engine busy with it. One plan may overdraw the budget, and an
/// order from a person starts a new one: only work that repeats by itself reaches the cap. A value.
class ActionBudget {
public:
    /// Whether a new action may start now.
    bool allows(model::SteadyTime now) const { return available(now) > 0; }
    void spend(std::size_t actions, model::SteadyTime now);
    /// When the next action may start.
    model::SteadyTime ready_at(model::SteadyTime now) const;

private:
    static constexpr double capacity = 1500;
    static constexpr double refill_per_second = 2;

    double available(model::SteadyTime now) const;

    double available_ = capacity;
    model::SteadyTime at_;
};

}  // namespace dockerext::reconcile
