#pragma once

#include "base/error.hpp"
#include "base/secret.hpp"

#include <string_view>

namespace dockerext::settings {

enum class PemKind { certificate, private_key };

/// Returns `text` as PEM: unchanged, or decoded from base64, which may contain line breaks. Checks only the
/// frame of the PEM, not its content. No error repeats any of the text.
Result<Secret> read_pem(std::string_view text, PemKind kind);

}  // namespace dockerext::settings
