#pragma once

#include "compose/service.hpp"

#include <map>
#include <string>
#include <vector>

namespace dockerext::compose {

/// The services of one dependency cycle, in its order; empty when there is no cycle.
std::vector<std::string> find_dependency_cycle(const std::map<std::string, Service>& services);

}  // namespace dockerext::compose
