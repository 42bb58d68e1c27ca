#pragma once

#include "compose/service.hpp"

#include <map>
#include <string>
#include <vector>

namespace dockerext::compose {

/// The services of one cycle of dependencies, in its order; empty when there is none.
std::vector<std::string> find_dependency_cycle(const std::map<std::string, Service>& services);

}  // namespace dockerext::compose
