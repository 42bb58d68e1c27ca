#pragma once

#include "engine/containers.hpp"
#include "model/names.hpp"

#include <map>
#include <string>
#include <vector>

namespace dockerext::observe {

/// The containers on each network, with their names, by the network's id. Stopped containers count, because
/// they need the network at their next start.
using NetworkUsers = std::map<model::NetworkId, std::map<model::ContainerId, std::string>>;

/// Omits one-off containers of `project` that have ended: they do not start again.
NetworkUsers network_users(const std::vector<engine::ContainerSummary>& containers,
                           const model::ProjectName& project);

}  // namespace dockerext::observe
