#pragma once

#include "model/container_spec.hpp"
#include "model/observed.hpp"

#include <string_view>
#include <vector>

namespace dockerext::plan {

/// The mount at that path of the container; null when there is none.
const model::Mount* at(const std::vector<model::Mount>& mounts, std::string_view target);

/// A volume that the engine named, or will.
bool is_anonymous(const model::Mount& mount);

/// Whether the image itself declares a volume there.
bool is_volume_of(const model::ObservedImage& image, std::string_view target);

}  // namespace dockerext::plan
