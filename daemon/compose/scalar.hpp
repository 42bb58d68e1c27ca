#pragma once

#include "compose/node.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace dockerext::compose {

/// A number as Go prints it: 3.10 is "3.1", 1000000.0 is "1e+06".
std::string go_text(double number);

/// A number as Go writes it into JSON.
std::string go_json(float number);

/// A string, number or boolean as text; none for anything else.
std::optional<std::string> scalar_text(const Node& node);

/// Parses a decimal integer that is the whole of `text`.
std::optional<std::int64_t> parse_integer(std::string_view text);

/// Converts ASCII capitals to lower case.
std::string lower(std::string_view text);

}  // namespace dockerext::compose
