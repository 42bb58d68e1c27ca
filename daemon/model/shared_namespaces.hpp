#pragma once

#include "model/container_spec.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace dockerext::model {

/// A namespace that a container shares with another one, its owner.
struct SharedNamespace {
    std::string_view field;  ///< "network_mode", "ipc", "pid"
    std::string_view what;   ///< "network", for people
    std::string owner;       ///< a name or an id: what follows "container:" in the mode
};

/// The namespaces that a container with this spec joins. Its own namespaces and the host's do not count.
std::vector<SharedNamespace> shared_namespaces(const ContainerSpec& spec);

/// What follows "container:"; "" for any other mode.
std::string_view namespace_owner_in(std::string_view mode);

}  // namespace dockerext::model
