#pragma once

#include "cli/context.hpp"

#include <cstdint>
#include <optional>

namespace dockerext::cli {

/// Watches the daemon until all is well, or it is clear that it will not be; shows what changes meanwhile.
/// With `sequence`, first until those settings, or newer ones, have been taken. Exits `pending` when `limit`
/// has passed.
Exit wait_until_converged(std::optional<std::int64_t> sequence, std::chrono::seconds limit,
                          const Context& context);

}  // namespace dockerext::cli
