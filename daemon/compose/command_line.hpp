#pragma once

#include "base/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace dockerext::compose {

struct CommandLine {
    std::vector<std::string> words;
    std::string_view ignored;  ///< the rest from the first unquoted ; & | < >, which Compose drops
};

/// Splits a command that is given as one string, as Compose does: with a shell's quotes and backslashes,
/// without expansions. `$(…)` and backquotes stay together, as written. `text` must outlive the result.
Result<CommandLine> split_command(std::string_view text);

}  // namespace dockerext::compose
