#pragma once

#include "base/error.hpp"

#include <string>
#include <string_view>

namespace dockerext::host {

/// The fingerprint of the one public key (version 4) in an armoured block (RFC 4880 §6, §12.2), in upper-case
/// hex. `invalid_input` for anything else, above all for a block with a second key in it. Signatures are not
/// checked: whoever uses the key does, as they bind nothing to it that is not its own.
Result<std::string> openpgp_fingerprint(std::string_view armoured);

}  // namespace dockerext::host
