#pragma once

#include "apply/body_writer.hpp"
#include "model/container_spec.hpp"

namespace dockerext::apply {

/// Writes the member RestartPolicy, for a new container as well as for an update in place.
void write_restart_policy(BodyWriter& writer, const model::RestartPolicy& restart);

}  // namespace dockerext::apply
