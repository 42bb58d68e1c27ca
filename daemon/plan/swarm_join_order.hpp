#pragma once

#include "model/swarm.hpp"

#include <chrono>
#include <vector>

namespace dockerext::plan {

/// The manager to join through at this attempt: attempts go round all of `answering`, on each machine in an
/// order of its own, so that a thousand machines do not join through the same one. `answering` is not empty.
const TcpAddress& next_manager(const std::vector<TcpAddress>& answering, const model::SwarmHistory& history);

/// How long to wait before managers of which none has answered are asked again: 1 s, doubled with each
/// attempt up to 300 s, ± 20 %.
std::chrono::milliseconds wait_for_managers(const model::SwarmHistory& history);

}  // namespace dockerext::plan
