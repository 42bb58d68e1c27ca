#pragma once

#include "cli/command.hpp"

#include <string>
#include <variant>
#include <vector>

namespace dockerext::cli {

/// A command line that only prints text: help, the version, or a usage error.
struct Notice {
    Exit exit = Exit::fine;
    std::string text;
};

/// Parses `arguments`, which do not include the program's name. Relative times ("--since 1h") are relative
/// to `now`.
std::variant<Invocation, Notice> parse_command_line(std::vector<std::string> arguments, model::WallTime now);

}  // namespace dockerext::cli
