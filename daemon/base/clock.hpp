#pragma once

#include <chrono>

/// The clock of the whole program: no other file asks a clock. The linker decides which time this is:
/// base/clock.cpp gives the machine's, the simulator links its own. The same holds for timers
/// (base/timer.hpp) and for chance (base/chance.hpp).
namespace dockerext {

using SteadyTime = std::chrono::steady_clock::time_point;  ///< all delays are measured on this clock
using WallTime = std::chrono::system_clock::time_point;    ///< for people, and for the engine's times

SteadyTime steady_now() noexcept;
WallTime wall_now() noexcept;

}  // namespace dockerext
