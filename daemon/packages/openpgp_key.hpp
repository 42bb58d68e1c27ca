#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace dockerext::packages {

/// The largest accepted armoured text, in bytes. Docker's key has 4 KiB.
inline constexpr std::size_t longest_openpgp_key = std::size_t{64} << 10;

/// A public key that is safe for any reader: it contains only what the key's owner has signed.
struct OpenPgpKey {
    std::string fingerprint;  ///< of the primary key, in upper-case hex
    std::string armoured;     ///< rewritten from the verified parts

    bool operator==(const OpenPgpKey&) const = default;
};

/// Reads an armoured text (RFC 4880 §11.1) of one primary key. Keeps the key itself, the user ids that it has
/// signed, and the subkeys that it has bound as signing keys and that have signed this binding in turn. Of
/// all signatures, keeps only these. Therefore every reader of `armoured` finds exactly these keys, although
/// readers differ in what they accept as part of a key, and some (gpgv, apt) do not check who owns a subkey.
/// `invalid_input` for a second primary key, a revoked key, an unknown algorithm, damage, and a text longer
/// than `longest_openpgp_key`.
Result<OpenPgpKey> read_openpgp_key(std::string_view armoured);

}  // namespace dockerext::packages
