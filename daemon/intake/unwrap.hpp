#pragma once

#include "base/error.hpp"
#include "model/settings.hpp"

namespace dockerext::intake {

/// Returns an envelope with both documents in plain text: takes a wrapped one apart, and decrypts its
/// protected settings with the agent's current key. `unavailable` when that key is missing: the agent may not
/// have fetched it yet, or may have failed to (handler-contract §5). `invalid_input` for an error that a
/// retry cannot fix.
Result<model::Envelope> unwrap(model::Envelope envelope);

}  // namespace dockerext::intake
