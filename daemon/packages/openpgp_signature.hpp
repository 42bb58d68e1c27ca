#pragma once

#include "packages/openpgp_public_key.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext::packages {

/// The type of a signature (RFC 4880 §5.2.1).
enum class SignatureType : unsigned {
    generic_certification = 0x10,
    positive_certification = 0x13,
    subkey_binding = 0x18,
    primary_key_binding = 0x19,
    direct_key = 0x1F,
    key_revocation = 0x20,
    subkey_revocation = 0x28,
    certification_revocation = 0x30
};

struct Subpacket {
    std::size_t type = 0;
    std::string_view body;
};

/// A parsed signature. The packet's body must outlive it.
struct Signature {
    SignatureType type{};  ///< may also be a number without an enumerator
    KeyAlgorithm algorithm{};
    std::size_t digest = 0;        ///< number of the hash algorithm
    std::string_view hashed_part;  ///< everything up to the end of the signed subpackets
    std::vector<Subpacket> hashed_subpackets;
    std::vector<Subpacket> unhashed_subpackets;  ///< not signed: anybody can change them
    std::string_view hash_prefix;                ///< the first two bytes of the hash
    std::vector<std::string_view> numbers;
    std::string_view hash_and_numbers;  ///< `hash_prefix` and `numbers` as in the packet
};

/// Parses a signature of version 4; nullopt for other versions and damaged bodies.
std::optional<Signature> read_signature(std::string_view body);

/// Whether `signature` is a signature of `bytes` by `key`. Accepts only SHA-2.
bool verifies(const PublicKey& key, const Signature& signature, std::string_view bytes);

/// Whether a subkey binding allows the subkey to sign: it says so, or has no key flags.
bool allows_signing(const Signature& signature);

/// The bodies of the signatures embedded in a signature.
std::vector<std::string_view> embedded_in(const Signature& signature);

/// The body of a signature, rewritten: its only unsigned subpackets are the issuer and, unless it is "", the
/// embedded signature.
std::string signature_body(const Signature& signature, std::string_view issuer_id, std::string_view embedded);

}  // namespace dockerext::packages
