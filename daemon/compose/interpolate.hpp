#pragma once

#include "base/error.hpp"
#include "compose/diagnostics.hpp"
#include "compose/node.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace dockerext::compose {

using Environment = std::map<std::string, std::string>;

/// The variables of a model: the given ones, and those of root's shell in the project directory that models
/// use, HOME and PWD.
Environment with_shell_variables(Environment given, const std::string& project_directory);

/// The value of a variable; null when it is not set.
using Lookup = std::function<const std::string*(const std::string& name)>;

/// Replaces `$NAME`, `${NAME}` and its forms with :- - :? ? :+ + in every string of the tree, never in keys
/// (compose-semantics: interpolation). An invalid form is a problem at the string. An unset variable is a
/// warning, once for each variable.
void interpolate(Node& tree, const Environment& environment, Diagnostics& diagnostics);

/// The same for one text; warnings refer to `at`.
Result<std::string> expand(std::string_view text, const Lookup& lookup, const Node& at,
                           Diagnostics& diagnostics);

}  // namespace dockerext::compose
