#pragma once

#include <set>

namespace dockerext::sim {

/// Those who wait for the wall clock to be set (seams/clock_watch.cpp): the descriptors that tell them.
struct SetClock {
    static inline std::set<int> watchers = {};
    static void tell();
};

}  // namespace dockerext::sim
