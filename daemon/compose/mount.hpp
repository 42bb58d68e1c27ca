#pragma once

#include "base/error.hpp"
#include "compose/service.hpp"

#include <string_view>

namespace dockerext::compose {

/// Parses the short form "[SOURCE:]TARGET[:OPTION,…]". A source that begins with ".", "/" or "~" is a path,
/// for a bind mount; any other names a volume. Unknown options are ignored.
Result<Mount> parse_mount(std::string_view text);

}  // namespace dockerext::compose
