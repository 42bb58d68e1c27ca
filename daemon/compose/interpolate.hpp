#pragma once

#include "compose/node.hpp"
#include "compose/report.hpp"

#include <map>
#include <string>

namespace dockerext::compose {

using Environment = std::map<std::string, std::string>;

/// Replaces `$NAME`, `${NAME}` and its forms with :- - :? ? :+ + in every string of the tree, never in keys
/// (compose-semantics: interpolation). A bad form is a problem at the string, an unset variable a warning,
/// once a variable.
void interpolate(Node& tree, const Environment& environment, Report& report);

}  // namespace dockerext::compose
