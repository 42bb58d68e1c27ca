#pragma once

#include "apply/body_writer.hpp"
#include "model/container_spec.hpp"

#include <vector>

namespace dockerext::apply {

/// Writes the members Binds and Mounts of a HostConfig.
void write_mounts(BodyWriter& writer, const std::vector<model::Mount>& mounts);

}  // namespace dockerext::apply
