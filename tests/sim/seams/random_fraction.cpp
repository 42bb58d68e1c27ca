// Replaces base/chance.cpp.
#include "base/random_fraction.hpp"

#include "schedule.hpp"

namespace dockerext {

double random_fraction() {
    constexpr std::uint64_t parts = std::uint64_t{1} << 32;
    return static_cast<double>(sim::Schedule::current().random.below(parts)) / static_cast<double>(parts);
}

}  // namespace dockerext
