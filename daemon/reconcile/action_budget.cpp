#include "reconcile/action_budget.hpp"

#include <algorithm>
#include <chrono>

namespace dockerext::reconcile {

void ActionBudget::spend(std::size_t actions, model::SteadyTime now) {
    left_ = left(now) - static_cast<double>(actions);
    at_ = now;
}

model::SteadyTime ActionBudget::ready_at(model::SteadyTime now) const {
    const std::chrono::duration<double> wait(std::max(0.0, 1 - left(now)) / per_second);
    return now + std::chrono::ceil<std::chrono::milliseconds>(wait);
}

double ActionBudget::left(model::SteadyTime now) const {
    const double gained = per_second * std::chrono::duration<double>(now - at_).count();
    return std::min(most, left_ + gained);
}

}  // namespace dockerext::reconcile
