#pragma once

#include "base/error.hpp"
#include "model/container_spec.hpp"

#include <string_view>

namespace dockerext::compose {

/// Parses "no", "always", "unless-stopped", "on-failure" or "on-failure:N"; "" means "no".
Result<model::RestartPolicy> parse_restart(std::string_view text);

}  // namespace dockerext::compose
