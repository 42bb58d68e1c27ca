#pragma once

#include "model/container_spec.hpp"
#include "model/observed.hpp"

#include <string_view>
#include <vector>

namespace dockerext::plan {

/// The container's mount at that path; null if it has none.
const model::Mount* at(const std::vector<model::Mount>& mounts, std::string_view target);

/// Whether the engine has named the volume, or will name it.
bool is_anonymous(const model::Mount& mount);

/// Whether the image declares a volume at that path.
bool is_volume_of(const model::ObservedImage& image, std::string_view target);

}  // namespace dockerext::plan
