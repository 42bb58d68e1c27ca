#pragma once

#include "cli/context.hpp"

#include <string>
#include <vector>

namespace dockerext::cli {

/// What `main` does, told where to speak and what time it is. `arguments` without the program's name.
int perform(std::vector<std::string> arguments, const Services& services, Console& console,
            std::function<model::WallTime()> now = wall_now);

}  // namespace dockerext::cli
