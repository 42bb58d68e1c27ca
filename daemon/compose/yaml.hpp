#pragma once

#include "base/error.hpp"
#include "compose/node.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace dockerext::compose {

/// The documents of a YAML text, aliases and merge keys resolved, as Compose 2.40 reads them. The pointers
/// begin with `pointer`, and from a second document on with "#2" after it. What an alias repeats keeps the
/// places that it was written at. `invalid_input` with line and column for what is no YAML, for more than
/// JSON documents may have (1 MiB, 64 levels, a key twice, NUL), for keys that are no strings, and for
/// aliases that grow beyond measure. Parsed iteratively.
Result<std::vector<Node>> parse_yaml(std::string_view text, const std::string& pointer);

}  // namespace dockerext::compose
