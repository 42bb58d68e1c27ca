#pragma once

#include "base/json_reader.hpp"
#include "model/container_spec.hpp"

namespace dockerext::observe {

/// Config, HostConfig and mounts of an inspect as a spec; its networks are left to the caller.
model::ContainerSpec spec_in(ObjectReader& container, Problems& problems);

}  // namespace dockerext::observe
