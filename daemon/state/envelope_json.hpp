#pragma once

#include "base/error.hpp"
#include "model/settings.hpp"

#include <cstddef>
#include <string_view>

namespace dockerext::state {

/// Two documents of 1 MiB each, escaped, and the rest.
inline constexpr std::size_t envelope_limit = std::size_t{5} << 20;

/// {"version":1,"source":"operator","sequence":1,"settings":"…","protected":"…"}, for the spool and the disk;
/// from Azure with "handler":{"status":"…","keys":"…","version":"…"}, and "wrapped":true until unwrapped.
/// `invalid_input` when it would not be taken back: over the limit, not UTF-8, with a NUL.
Result<Secret> to_json(const model::Envelope& envelope);

/// `conflict` for one of a newer version; `invalid_input` for what is none.
Result<model::Envelope> envelope_from(std::string_view json);

}  // namespace dockerext::state
