#pragma once

#include "base/error.hpp"
#include "model/removal.hpp"

#include <filesystem>
#include <string>

namespace dockerext::reconcile {

/// Takes this machine out of the swarm that dockerextd has made it a member of. A manager becomes a worker
/// first. Needs a stopped daemon, which would join again. Takes 20 s at most, and can be called again after
/// an error. A machine that has to stay, such as the last manager, is an error (`conflict`) for an operator,
/// and a reason for doing nothing for the settings.
Result<model::Removal> leave_swarm(const std::filesystem::path& root, const std::string& docker_host,
                                   model::Asked asked);

}  // namespace dockerext::reconcile
