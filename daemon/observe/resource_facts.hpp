#pragma once

#include "base/json_reader.hpp"
#include "model/container_spec.hpp"

namespace dockerext::observe {

// What HostConfig of an inspect says of limits and devices.
void read_resources(model::ContainerSpec& spec, ObjectReader& host, Problems& problems);
void read_devices(model::ContainerSpec& spec, ObjectReader& host, Problems& problems);

}  // namespace dockerext::observe
