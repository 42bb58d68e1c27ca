#pragma once

#include "base/task.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <set>
#include <string>

namespace dockerext::sim {

/// What decides a simulated run.
struct Options {
    std::uint64_t seed = 1;
    Duration length = std::chrono::hours(6);
    std::set<std::uint64_t> left_out;  ///< numbers of faults to leave out
    std::function<void(const std::string&)> trace;
};

}  // namespace dockerext::sim
