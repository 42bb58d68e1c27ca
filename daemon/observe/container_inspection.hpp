#pragma once

#include "engine/client.hpp"
#include "model/observed.hpp"

#include <string>
#include <vector>

namespace dockerext::observe {

struct Inspected {
    std::vector<model::ObservedContainer> found;
    std::vector<model::ContainerId>
        silent;  ///< no answer in time: the engine may hold a lock of that one alone
};

/// Inspects containers, a few at once. Those that are gone are left out; any other failure is the whole's,
/// and so is the silence about all of them.
Task<Result<Inspected>> inspect_containers(engine::Client& client, std::vector<model::ContainerId> ids);

}  // namespace dockerext::observe
