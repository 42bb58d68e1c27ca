#pragma once

#include "compose/interpolate.hpp"

#include <string>
#include <string_view>

namespace dockerext::compose {

/// Reads a file of variables as Compose 2.40 does: K=V, K: V, `export K=V`, a bare K (looked up; skipped when
/// not set), comments, '…' taken literally, "…" with escapes and $, unquoted text with $. Adds the variables
/// to `into`; a name that `lookup` does not know is looked up there, too. `at` names the file in warnings.
/// Invalid UTF-8 becomes U+FFFD. Fails with `invalid_input` and the line.
Result<> parse_env_file(std::string_view bytes, const Lookup& lookup, Environment& into, const Node& at,
                        Diagnostics& diagnostics);

/// Reads the format "raw": every line K=V is taken literally.
Result<> parse_raw_env_file(std::string_view bytes, const Lookup& lookup, Environment& into);

}  // namespace dockerext::compose
