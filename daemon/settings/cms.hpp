#pragma once

#include "base/error.hpp"
#include "base/secret.hpp"

#include <string_view>

namespace dockerext::settings {

/// What was encrypted for the owner of a certificate: base64 of CMS EnvelopedData (RFC 5652) in DER, any
/// cipher that OpenSSL has. Both PEM texts may begin with other lines. Dates of the certificate do not count:
/// clocks step at the first boot. `invalid_input` when it cannot be decrypted, and never with its content.
Result<Secret> decrypt_cms(std::string_view base64, const Secret& certificate, const Secret& key);

}  // namespace dockerext::settings
