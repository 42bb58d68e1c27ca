#pragma once

#include "base/json_reader.hpp"
#include "model/container_spec.hpp"

#include <vector>

namespace dockerext::observe {

/// Everything mounted in a container, one a target, sorted by target: HostConfig's Binds and Mounts as they
/// were asked for, then what the inspect's own Mounts know beyond them: names of anonymous volumes, volumes
/// of the image, mounts taken from other containers. HostConfig.Tmpfs is not among them.
std::vector<model::Mount> mounts_in(ObjectReader& container, ObjectReader& host_config, Problems& problems);

}  // namespace dockerext::observe
