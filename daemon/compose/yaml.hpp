#pragma once

#include "base/error.hpp"
#include "compose/node.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace dockerext::compose {

/// Parses the documents of a YAML text and resolves aliases and merge keys, as Compose 2.40 does. The
/// pointers begin with `pointer`; from the second document on, "#2" and so on follows it. Nodes that an alias
/// repeats keep their original places. Fails with `invalid_input` and line and column: for invalid YAML, for
/// documents beyond the limits of JSON documents (1 MiB, 64 levels, a duplicate key, NUL), for keys that are
/// not strings, and for aliases that expand too far. Parses iteratively.
Result<std::vector<Node>> parse_yaml(std::string_view text, const std::string& pointer);

}  // namespace dockerext::compose
