#include "base/clock.hpp"

namespace dockerext {

SteadyTime steady_now() noexcept { return std::chrono::steady_clock::now(); }
WallTime wall_now() noexcept { return std::chrono::system_clock::now(); }

}  // namespace dockerext
