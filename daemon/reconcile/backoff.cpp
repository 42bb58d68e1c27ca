#include "reconcile/backoff.hpp"

namespace dockerext::reconcile {

Duration Backoff::after(unsigned failures, double jitter) const {
    if (failures == 0) return Duration::zero();
    Duration wait = first;
    for (unsigned i = 1; i < failures && wait < longest; ++i) wait *= 2;
    if (wait > longest) wait = longest;
    return std::chrono::duration_cast<Duration>(wait * (0.8 + 0.4 * jitter));
}

}  // namespace dockerext::reconcile
