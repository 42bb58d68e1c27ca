#pragma once

#include "base/error.hpp"

#include <chrono>
#include <filesystem>
#include <vector>

namespace dockerext::shim {

/// Runs `program WORDS…` and no shell; `timeout` when it takes longer than `deadline`, and it is killed. An
/// error tells the last line it said.
Result<> run_program(const std::filesystem::path& program, const std::vector<const char*>& words,
                     std::chrono::milliseconds deadline);

}  // namespace dockerext::shim
