#pragma once

#include "apply/body_writer.hpp"
#include "model/container_spec.hpp"

namespace dockerext::apply {

/// The member RestartPolicy, the same for a new container and one that is changed in place.
void write_restart_policy(BodyWriter& writer, const model::RestartPolicy& restart);

}  // namespace dockerext::apply
