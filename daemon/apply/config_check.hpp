#pragma once

#include "apply/host_access.hpp"
#include "base/task.hpp"

namespace dockerext::apply {

/// Has dockerd itself look at the daemon.json of a change, or at the present one if a change makes it read
/// that, before anything is written. `invalid_input`, with its words, when it refuses it; fine when it cannot
/// tell (none installed, or older than 23.0; the change brings certificates that it would look for), and
/// where there is no daemon.json that dockerd is to take. `change` outlives the call.
Task<Result<>> check_config(HostAccess& host, const model::ChangeEngine& change);

}  // namespace dockerext::apply
