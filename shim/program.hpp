#pragma once

#include "base/error.hpp"

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace dockerext::shim {

/// Runs `program WORDS…` and no shell; `timeout` when it takes longer than `deadline`, and it is killed. An
/// error tells the last line it said.
Result<> run_program(const std::filesystem::path& program, const std::vector<const char*>& words,
                     std::chrono::milliseconds deadline);

/// The same; what it says on its standard output, of which at most 4 KiB are taken.
Result<std::string> ask_program(const std::filesystem::path& program, const std::vector<const char*>& words,
                                std::chrono::milliseconds deadline);

}  // namespace dockerext::shim
