#pragma once

#include <set>

namespace dockerext::sim {

/// The descriptors of those who wait until the wall clock is set (seams/clock_watch.cpp).
struct SetClock {
    static inline std::set<int> watchers = {};
    static void tell();
};

}  // namespace dockerext::sim
