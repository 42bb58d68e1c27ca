#pragma once

#include "compose/project.hpp"

#include <string>

namespace dockerext::compose {

/// The ServiceSpec of a service (Engine API 1.41 /services/create) as JSON, as `docker stack deploy` sends
/// it: networks by their names, the image as written, without configs and secrets. `project` is resolved and
/// consistent.
std::string stack_spec(const Project& project, const Service& service);

}  // namespace dockerext::compose
