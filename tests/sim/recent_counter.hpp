#pragma once

#include "base/clock.hpp"

#include <chrono>
#include <cstddef>
#include <vector>

namespace dockerext::sim {

/// Counts events in the last ten minutes.
class RecentCounter {
public:
    static constexpr Duration length = std::chrono::minutes(10);

    void note(SteadyTime now) { times_.push_back(now); }
    std::size_t count(SteadyTime now) {
        std::erase_if(times_, [&](SteadyTime each) { return each < now - length; });
        return times_.size();
    }

private:
    std::vector<SteadyTime> times_;
};

}  // namespace dockerext::sim
