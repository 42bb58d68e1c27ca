#pragma once

#include "base/error.hpp"

#include <string>
#include <string_view>

namespace dockerext::settings {

/// What the agent's SEQUENCE.settings holds (handler-contract §5).
struct HandlerSettings {
    std::string public_settings;     ///< JSON text; "" without
    std::string protected_settings;  ///< still encrypted: base64 of CMS; "" without
    std::string thumbprint;          ///< of the certificate they are encrypted for: upper-case hex
};

/// A file without anything in it stands for no settings at all. `invalid_input` says what is wrong where.
Result<HandlerSettings> read_handler_settings(std::string_view text);

}  // namespace dockerext::settings
