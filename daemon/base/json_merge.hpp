#pragma once

#include "base/json_cursor.hpp"

#include <string>

namespace dockerext {

/// `document`, changed by a JSON merge patch (RFC 7396): objects are merged member by member, null removes a
/// member, anything else replaces what is there. The members keep their order; new ones follow. Compact JSON.
std::string merge_patch(const JsonCursor& document, const JsonCursor& patch);

}  // namespace dockerext
