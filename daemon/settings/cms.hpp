#pragma once

#include "base/error.hpp"
#include "base/secret.hpp"

#include <string_view>

namespace dockerext::settings {

/// Decrypts what was encrypted for the owner of a certificate: base64 of CMS EnvelopedData (RFC 5652) in DER,
/// with any cipher that OpenSSL supports. Both PEM texts may begin with other lines. The dates of the
/// certificate are not checked, because clocks step at the first boot. Fails with `invalid_input`; the error
/// never contains the content.
Result<Secret> decrypt_cms(std::string_view base64, const Secret& certificate, const Secret& key);

}  // namespace dockerext::settings
