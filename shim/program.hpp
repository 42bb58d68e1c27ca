#pragma once

#include "base/error.hpp"

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace dockerext::shim {

/// Runs `program WORDS…` without a shell. Kills it after `deadline`: `timeout`. An error contains the last
/// line of its standard error.
Result<> run_program(const std::filesystem::path& program, const std::vector<const char*>& words,
                     std::chrono::milliseconds deadline);

/// The same, but returns its standard output, at most 4 KiB.
Result<std::string> program_output(const std::filesystem::path& program,
                                   const std::vector<const char*>& words, std::chrono::milliseconds deadline);

}  // namespace dockerext::shim
