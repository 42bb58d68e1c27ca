#pragma once

#include "base/task.hpp"

namespace dockerext::reconcile {

/// How long to wait after the nth failure in a row: the wait doubles from `first` up to `longest`. It is
/// spread by ± 20 % so that subjects that failed together do not retry together. A value, not a timer.
struct Backoff {
    Duration first = std::chrono::seconds(1);
    Duration longest = std::chrono::seconds(300);

    /// `jitter` is uniform in [0, 1]. Zero without failures.
    Duration after(unsigned failures, double jitter) const;
};

}  // namespace dockerext::reconcile
