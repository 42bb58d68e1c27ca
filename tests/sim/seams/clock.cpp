// Replaces base/clock.cpp.
#include "base/clock.hpp"

#include "schedule.hpp"

namespace dockerext {

SteadyTime steady_now() noexcept { return sim::Schedule::current().now(); }
WallTime wall_now() noexcept { return sim::Schedule::current().wall_now(); }

}  // namespace dockerext
