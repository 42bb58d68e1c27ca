#include "reconcile/action_budget.hpp"

#include <algorithm>
#include <chrono>

namespace dockerext::reconcile {

void ActionBudget::spend(std::size_t actions, model::SteadyTime now) {
    available_ = available(now) - static_cast<double>(actions);
    at_ = now;
}

model::SteadyTime ActionBudget::ready_at(model::SteadyTime now) const {
    const std::chrono::duration<double> wait(std::max(0.0, 1 - available(now)) / refill_per_second);
    return now + std::chrono::ceil<std::chrono::milliseconds>(wait);
}

double ActionBudget::available(model::SteadyTime now) const {
    const double gained = refill_per_second * std::chrono::duration<double>(now - at_).count();
    return std::min(capacity, available_ + gained);
}

}  // namespace dockerext::reconcile
