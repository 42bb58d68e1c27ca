#pragma once

#include "model/desired.hpp"
#include "model/observed.hpp"
#include "model/plan.hpp"

#include <vector>

namespace dockerext::plan {

// Compare an existing network or volume with the settings. What the settings leave open is not compared. For
// properties that the engine does not show, the config-hash is compared, if the same version of Compose's
// rules produced it.
std::vector<model::Change> differences(const model::NetworkSpec& want, const model::ObservedNetwork& have);
std::vector<model::Change> differences(const model::VolumeSpec& want, const model::ObservedVolume& have);

}  // namespace dockerext::plan
