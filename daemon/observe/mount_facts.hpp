#pragma once

#include "base/json_reader.hpp"
#include "model/container_spec.hpp"

#include <vector>

namespace dockerext::observe {

/// All mounts of a container, one per target, sorted by target: HostConfig's Binds and Mounts as requested,
/// plus what the inspect's own Mounts add: names of anonymous volumes, volumes of the image, mounts taken
/// from other containers. HostConfig.Tmpfs is not included.
std::vector<model::Mount> mounts_in(ObjectReader& container, ObjectReader& host_config, Problems& problems);

}  // namespace dockerext::observe
