#pragma once

#include "base/json_reader.hpp"
#include "model/container_spec.hpp"

namespace dockerext::observe {

// Read limits and devices from HostConfig of an inspect.
void read_resources(model::ContainerSpec& spec, ObjectReader& host, Problems& problems);
void read_devices(model::ContainerSpec& spec, ObjectReader& host, Problems& problems);

}  // namespace dockerext::observe
