#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace dockerext::packages {

/// Bytes of an armoured text. Docker's has 4 KiB.
inline constexpr std::size_t longest_openpgp_key = std::size_t{64} << 10;

/// A public key that others may read as they like: they find nothing in it but what its owner has put there.
struct OpenPgpKey {
    std::string fingerprint;  ///< of the primary key, in upper-case hex
    std::string armoured;     ///< written anew

    bool operator==(const OpenPgpKey&) const = default;
};

/// Reads an armoured text (RFC 4880 §11.1) of one primary key and keeps of it the key itself, the user ids
/// that it has signed, and those of its subkeys that it has signed as keys for signatures and that have
/// signed this in turn, all with these signatures alone. Whoever reads `armoured` finds just these keys,
/// though readers differ in what they take for part of a key, and do not ask whose a subkey is (gpgv, apt).
/// `invalid_input` for a second key, a revoked one, an unknown algorithm, damage, and a text that is longer
/// than that.
Result<OpenPgpKey> read_openpgp_key(std::string_view armoured);

}  // namespace dockerext::packages
