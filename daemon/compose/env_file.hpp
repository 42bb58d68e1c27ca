#pragma once

#include "compose/interpolate.hpp"

#include <string>
#include <string_view>

namespace dockerext::compose {

/// A file of variables as Compose 2.40 reads it: K=V, K: V, `export K=V`, a bare K (its value is looked up;
/// no value, no variable), comments, '…' as it stands, "…" with escapes and $, unquoted text with $. Adds to
/// `into`, whose earlier values are what `lookup` does not know. `at` names the file in warnings. What is no
/// UTF-8 becomes U+FFFD. `invalid_input` with the line.
Result<> parse_env_file(std::string_view bytes, const Lookup& lookup, Environment& into, const Node& at,
                        Diagnostics& diagnostics);

/// The format "raw": every line K=V is taken as it is.
Result<> parse_raw_env_file(std::string_view bytes, const Lookup& lookup, Environment& into);

}  // namespace dockerext::compose
