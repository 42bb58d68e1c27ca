#pragma once

#include "base/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace dockerext::compose {

struct CommandLine {
    std::vector<std::string> words;
    std::string_view ignored;  ///< from the first unquoted ; & | < > on, which Compose drops
};

/// A command given as one string, split as Compose splits it: quotes and backslashes as in a shell, nothing
/// expanded; `$(…)` and backquotes hold together and stay as written. The text outlives the result.
Result<CommandLine> split_command(std::string_view text);

}  // namespace dockerext::compose
