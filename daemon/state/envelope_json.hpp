#pragma once

#include "base/error.hpp"
#include "model/settings.hpp"

#include <cstddef>
#include <string_view>

namespace dockerext::state {

/// Room for two escaped documents of 1 MiB each, and the other members.
inline constexpr std::size_t envelope_limit = std::size_t{5} << 20;

/// The JSON for the spool and the disk:
/// {"version":1,"source":"operator","sequence":1,"settings":"…","protected":"…"}; from Azure with
/// "handler":{"status":"…","keys":"…","version":"…"}, and "wrapped":true until it is unwrapped.
/// `invalid_input` if `envelope_from` would reject the result: over the limit, not UTF-8, or with a NUL.
Result<Secret> to_json(const model::Envelope& envelope);

/// `conflict` for an envelope of a newer version; `invalid_input` for anything that is not an envelope.
Result<model::Envelope> envelope_from(std::string_view json);

}  // namespace dockerext::state
