#pragma once

#include "base/error.hpp"

#include <string>
#include <string_view>

namespace dockerext::settings {

/// The content of the agent's SEQUENCE.settings (handler-contract §5).
struct HandlerSettings {
    std::string public_settings;     ///< JSON text; "" if absent
    std::string protected_settings;  ///< still encrypted: base64 of CMS; "" if absent
    std::string thumbprint;          ///< of the certificate that they are encrypted for, in upper-case hex
};

/// An empty file means no settings. Fails with `invalid_input`, with what is wrong and where.
Result<HandlerSettings> read_handler_settings(std::string_view text);

}  // namespace dockerext::settings
