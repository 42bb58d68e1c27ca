#pragma once

#include "base/error.hpp"

#include <memory>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace dockerext::packages {

struct ReleaseVerifyingKey {
    void operator()(evp_pkey_st* key) const;
};

enum class KeyAlgorithm : unsigned { rsa = 1, rsa_sign_only = 3, eddsa = 22 };

/// A primary key or a subkey that makes signatures.
struct PublicKey {
    std::string_view body;  ///< body of its packet, which must outlive this
    KeyAlgorithm algorithm{};
    std::string fingerprint;  ///< 20 bytes
    std::unique_ptr<evp_pkey_st, ReleaseVerifyingKey> verifying_key;

    std::string_view id() const { return std::string_view(fingerprint).substr(12); }
};

/// Reads a key of version 4: RSA with at least 2048 bits, or Ed25519. `invalid_input`, with the reason, for
/// all others.
Result<PublicKey> read_public_key(std::string_view body);

/// The bytes of a key that its fingerprint and signatures about it hash (RFC 4880 §5.2.4). `body` must have
/// less than 64 KiB.
std::string hashed_key(std::string_view body);

}  // namespace dockerext::packages
