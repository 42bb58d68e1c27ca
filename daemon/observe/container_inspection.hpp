#pragma once

#include "engine/client.hpp"
#include "model/observed.hpp"

#include <map>
#include <string>
#include <vector>

namespace dockerext::observe {

struct Inspected {
    std::vector<model::ObservedContainer> found;
    /// No readable answer, or none in time: the engine may hold a lock of that one alone.
    std::map<model::ContainerId, Error> unknown;
};

/// Inspects containers, a few at once, in the order of `ids`. Those that are gone are left out. When the
/// first ones have taken too long, the rest is not asked for and unknown.
Task<Inspected> inspect_containers(engine::Client& client, std::vector<model::ContainerId> ids);

}  // namespace dockerext::observe
