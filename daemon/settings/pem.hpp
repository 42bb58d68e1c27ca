#pragma once

#include "base/error.hpp"
#include "base/secret.hpp"

#include <string_view>

namespace dockerext::settings {

enum class PemKind { certificate, private_key };

/// `text` as PEM: as it is, or decoded from base64, in which line breaks may stand. Looks at the frame of the
/// PEM only, not at what it holds. No error repeats any of it.
Result<Secret> read_pem(std::string_view text, PemKind kind);

}  // namespace dockerext::settings
