#pragma once

#include "engine/containers.hpp"
#include "model/names.hpp"

#include <map>
#include <string>
#include <vector>

namespace dockerext::observe {

/// Who is on which network, by the network's id, with the containers' names; stopped ones too, as they want
/// to find it again.
using NetworkUsers = std::map<model::NetworkId, std::map<model::ContainerId, std::string>>;

/// One-off containers of `project` that have ended are left out: they do not start again.
NetworkUsers network_users(const std::vector<engine::ContainerSummary>& containers,
                           const model::ProjectName& project);

}  // namespace dockerext::observe
