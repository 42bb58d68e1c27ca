#pragma once

#include "packages/openpgp_public_key.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext::packages {

/// What a signature says (RFC 4880 §5.2.1).
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

/// The body of a signature packet, which outlives it.
struct Signature {
    SignatureType type{};  ///< any number
    KeyAlgorithm algorithm{};
    std::size_t digest = 0;        ///< the number of the algorithm
    std::string_view hashed_part;  ///< all up to the end of those of the subpackets that are signed
    std::vector<Subpacket> hashed_subpackets;
    std::vector<Subpacket> unhashed_subpackets;  ///< written by anybody
    std::string_view hash_begin;                 ///< two bytes
    std::vector<std::string_view> numbers;
    std::string_view closing;  ///< the last two
};

/// None for another version than 4, and for what is damaged.
std::optional<Signature> read_signature(std::string_view body);

/// Whether `key` has signed `bytes` with it. Only SHA-2 counts.
bool verifies(const PublicKey& key, const Signature& signature, std::string_view bytes);

/// Whether a subkey that it binds may sign: it says so, or says nothing of what the subkey is for.
bool allows_signing(const Signature& signature);

/// The signatures within it.
std::vector<std::string_view> embedded_in(const Signature& signature);

/// The same with nothing unsigned but its issuer and, unless that is "", a signature within it.
std::string signature_body(const Signature& signature, std::string_view issuer_id, std::string_view embedded);

}  // namespace dockerext::packages
