#pragma once

#include "model/desired.hpp"
#include "model/observed.hpp"
#include "model/plan.hpp"

#include <vector>

namespace dockerext::plan {

// What of a network or volume that is there is not as the settings say. What they leave open is not compared;
// what cannot be seen on it is told by the config-hash, if the same version of Compose's rules made it.
std::vector<model::Change> differences(const model::NetworkSpec& want, const model::ObservedNetwork& have);
std::vector<model::Change> differences(const model::VolumeSpec& want, const model::ObservedVolume& have);

}  // namespace dockerext::plan
