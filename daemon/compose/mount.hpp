#pragma once

#include "base/error.hpp"
#include "compose/service.hpp"

#include <string_view>

namespace dockerext::compose {

/// The short form "[SOURCE:]TARGET[:OPTION,…]". A source that begins with ".", "/" or "~" is a path, and a
/// bind mount; any other names a volume. Unknown options mean nothing.
Result<Mount> parse_mount(std::string_view text);

}  // namespace dockerext::compose
