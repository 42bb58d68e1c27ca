#pragma once

#include <set>

namespace dockerext::sim {

/// The descriptors of those who wait until the wall clock is set (seams/clock_watch.cpp).
struct ClockWatchers {
    static inline std::set<int> watchers = {};
    static void notify_all();
};

}  // namespace dockerext::sim
