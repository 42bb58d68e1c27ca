#pragma once

#include "apply/body_writer.hpp"
#include "model/container_spec.hpp"

namespace dockerext::apply {

// Write members of HostConfig (Engine API /containers/create).
void write_resources(BodyWriter& writer, const model::ContainerSpec& spec);
void write_devices(BodyWriter& writer, const model::ContainerSpec& spec);

}  // namespace dockerext::apply
