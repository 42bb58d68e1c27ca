#pragma once

#include <string_view>

namespace dockerext::engine {

/// What a call is named in statistics: "container_start". One of a fixed set of names, whatever the ids and
/// the query in `target`; "other" for a call that this room does not make.
std::string_view call_name(std::string_view method, std::string_view target);

}  // namespace dockerext::engine
