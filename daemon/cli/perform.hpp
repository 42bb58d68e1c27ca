#pragma once

#include "cli/context.hpp"

#include <string>
#include <vector>

namespace dockerext::cli {

/// Parses the command line and runs the command.
int main(int argc, char** argv, const Services& services);  // NOLINT(bugprone-exception-escape): not ::main

/// Does the work of `main` with the given console and clock. `arguments` do not include the program's name.
int perform(std::vector<std::string> arguments, const Services& services, Console& console,
            std::function<model::WallTime()> now = wall_now);

}  // namespace dockerext::cli
