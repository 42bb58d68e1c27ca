#pragma once

#include "base/json_writer.hpp"
#include "compose/project.hpp"

namespace dockerext::compose {

/// The member "Mounts" of a ContainerSpec. A volume is no object of its own in a stack: a node creates it
/// from the options of the mount.
void write_stack_mounts(const Project& project, const Service& service, JsonWriter& json);

}  // namespace dockerext::compose
