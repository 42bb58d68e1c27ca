#pragma once

#include "base/json_reader.hpp"
#include "model/container_spec.hpp"

namespace dockerext::observe {

/// Reads Config, HostConfig and mounts of an inspect as a spec; the caller reads its networks.
model::ContainerSpec spec_in(ObjectReader& container, Problems& problems);

}  // namespace dockerext::observe
