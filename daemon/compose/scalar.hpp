#pragma once

#include "base/error.hpp"
#include "compose/node.hpp"
#include "model/container_spec.hpp"

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

/// Parses "64k", "1.5gb", "1 GiB", "1e3": a number, and a unit that is a power of 1024; without a unit,
/// bytes.
Result<model::Bytes> parse_bytes(std::string_view text);

/// Parses "no", "always", "unless-stopped", "on-failure" or "on-failure:N"; "" means "no".
Result<model::RestartPolicy> parse_restart(std::string_view text);

}  // namespace dockerext::compose
