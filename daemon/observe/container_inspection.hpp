#pragma once

#include "engine/client.hpp"
#include "model/observed.hpp"

#include <map>
#include <span>
#include <string>
#include <vector>

namespace dockerext::observe {

struct Inspected {
    std::vector<model::ObservedContainer> found;
    /// No readable answer, or none in time: the engine may hold a lock of that one alone.
    std::map<model::ContainerId, Error> unknown;
};

/// Whether all of several objects are unknown because the engine did not do its work, or we were told to end:
/// then that says nothing of the objects.
bool is_of_the_engine(std::size_t known, std::span<const Error> errors);

/// Inspects containers, a few at once. Those that are gone are left out.
Task<Result<Inspected>> inspect_containers(engine::Client& client, std::vector<model::ContainerId> ids);

}  // namespace dockerext::observe
