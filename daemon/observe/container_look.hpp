#pragma once

#include "observe/look.hpp"

namespace dockerext::observe {

/// Inspects the marked containers, or all of them.
Task<void> refresh_containers(Look& look);
/// Reads the users of networks from the list of all containers, without a further call.
Task<void> refresh_network_users(Look& look);
/// An owner that does not exist, or without an answer, is not known.
Task<void> refresh_owners(Look& look);

}  // namespace dockerext::observe
