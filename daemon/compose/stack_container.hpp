#pragma once

#include "base/json_writer.hpp"
#include "compose/project.hpp"

namespace dockerext::compose {

/// The member "ContainerSpec" of a TaskTemplate, without configs and secrets.
void write_container_spec(const Project& project, const Service& service, JsonWriter& json);

}  // namespace dockerext::compose
