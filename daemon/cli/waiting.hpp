#pragma once

#include "cli/context.hpp"

#include <cstdint>
#include <optional>

namespace dockerext::cli {

/// Follows the daemon's status until it has converged, or until it is clear that it will not; shows changes
/// meanwhile. With `sequence`, first waits until the daemon has read those settings or newer ones. Returns
/// `pending` when `limit` has passed.
Exit wait_until_converged(std::optional<std::int64_t> sequence, std::chrono::seconds limit,
                          const Context& context);

}  // namespace dockerext::cli
