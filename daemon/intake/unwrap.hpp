#pragma once

#include "base/error.hpp"
#include "model/settings.hpp"

namespace dockerext::intake {

/// An envelope with both documents in the clear: a wrapped one is taken apart, and its protected settings are
/// decrypted with the agent's key of the moment. `unavailable` when that key is not there (yet): the agent
/// may have failed to fetch it (handler-contract §5). `invalid_input` for what will not get better.
Result<model::Envelope> unwrap(model::Envelope envelope);

}  // namespace dockerext::intake
