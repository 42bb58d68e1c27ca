#pragma once

#include "cli/command.hpp"

#include <string>
#include <variant>
#include <vector>

namespace dockerext::cli {

/// A command line that has no more to do than say something: help, the version, or what is wrong with it.
struct Notice {
    Exit exit = Exit::fine;
    std::string text;
};

/// `arguments` without the program's name. Times relative to now ("--since 1h") count from `now`.
std::variant<Invocation, Notice> parse_command_line(std::vector<std::string> arguments, model::WallTime now);

}  // namespace dockerext::cli
