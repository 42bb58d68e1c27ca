#pragma once

#include "engine/client.hpp"
#include "model/observed.hpp"

#include <map>
#include <string>
#include <vector>

namespace dockerext::observe {

struct Inspected {
    std::vector<model::ObservedContainer> found;
    /// Containers without a readable answer in time: the engine may hold the lock of just this container.
    std::map<model::ContainerId, Error> unknown;
};

/// Inspects containers, a few at the same time, in the order of `ids`. Omits those that no longer exist. If
/// the first ones take too long, the rest is not inspected and is unknown.
Task<Inspected> inspect_containers(engine::Client& client, std::vector<model::ContainerId> ids);

}  // namespace dockerext::observe
