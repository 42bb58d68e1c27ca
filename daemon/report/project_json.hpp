#pragma once

#include "model/service_outline.hpp"

#include <string>
#include <vector>

namespace dockerext::report {

/// {"services":[{"name","image","dependsOn":[{"service","condition"}],"memory","cpus","pids","ports"}]}
std::string to_json(const std::vector<model::ServiceOutline>& services);

}  // namespace dockerext::report
