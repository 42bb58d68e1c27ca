#include "packages/openpgp_signature.hpp"

#include "packages/openpgp_packet.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>

namespace dockerext::packages {
namespace {

constexpr std::size_t issuer = 16, key_flags = 27, embedded_signature = 32;

/// RFC 4880 §5.2.3.1
std::size_t subpacket_length(FieldReader& fields) {
    const std::size_t first = fields.number(1);
    if (first < 192) return first;
    if (first < 255) return ((first - 192) << 8) + fields.number(1) + 192;
    return fields.number(4);
}

std::optional<std::vector<Subpacket>> read_subpackets(std::string_view area) {
    constexpr std::size_t critical = 0x80;
    std::vector<Subpacket> subpackets;
    FieldReader fields(area);
    while (!fields.done()) {
        FieldReader subpacket(fields.read_bytes(subpacket_length(fields)));
        const std::size_t type = subpacket.number(1);
        if (fields.failed() || subpacket.failed()) return std::nullopt;
        subpackets.push_back({type & ~critical, subpacket.rest()});
    }
    return subpackets;
}

std::string subpacket_bytes(std::size_t type, std::string_view body) {
    const std::size_t size = body.size() + 1;
    const std::string length = size < 192 ? big_endian(size, 1) : "\xff" + big_endian(size, 4);
    return length + big_endian(type, 1) + std::string(body);
}

const EVP_MD* digest_of(std::size_t number) {
    switch (number) {
    case 8: return EVP_sha256();
    case 9: return EVP_sha384();
    case 10: return EVP_sha512();
    default: return nullptr;
    }
}

/// A number padded with leading zeros to `size` bytes; unchanged if it is longer.
std::string padded(std::string_view number, std::size_t size) {
    return std::string(size - std::min(size, number.size()), '\0') + std::string(number);
}

bool verifies_rsa(EVP_PKEY* key, const EVP_MD* digest, std::string_view hash, std::string_view number) {
    const std::string signature = padded(number, static_cast<std::size_t>(EVP_PKEY_get_size(key)));
    EVP_PKEY_CTX* context = EVP_PKEY_CTX_new(key, nullptr);
    const bool valid =
        EVP_PKEY_verify_init(context) == 1 && EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1 &&
        EVP_PKEY_CTX_set_signature_md(context, digest) == 1 &&
        EVP_PKEY_verify(context, raw(signature), signature.size(), raw(hash), hash.size()) == 1;
    EVP_PKEY_CTX_free(context);
    return valid;
}

bool verifies_ed25519(EVP_PKEY* key, std::string_view hash, const std::vector<std::string_view>& numbers) {
    constexpr std::size_t half = 32;
    const std::string signature = padded(numbers[0], half) + padded(numbers[1], half);
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    const bool valid =
        EVP_DigestVerifyInit(context, nullptr, nullptr, nullptr, key) == 1 &&
        EVP_DigestVerify(context, raw(signature), signature.size(), raw(hash), hash.size()) == 1;
    EVP_MD_CTX_free(context);
    return valid;
}

bool verifies_hash(const PublicKey& key, const Signature& signature, const EVP_MD* digest,
                   std::string_view hash) {
    switch (key.algorithm) {
    case KeyAlgorithm::rsa:
    case KeyAlgorithm::rsa_sign_only:
        return signature.numbers.size() == 1 &&
               verifies_rsa(key.verifying_key.get(), digest, hash, signature.numbers[0]);
    case KeyAlgorithm::eddsa:
        return signature.numbers.size() == 2 &&
               verifies_ed25519(key.verifying_key.get(), hash, signature.numbers);
    }
    return false;
}

}  // namespace

std::optional<Signature> read_signature(std::string_view body) {
    FieldReader fields(body);
    const std::size_t version = fields.number(1);
    Signature signature{.type = static_cast<SignatureType>(fields.number(1)),
                        .algorithm = static_cast<KeyAlgorithm>(fields.number(1)),
                        .digest = fields.number(1)};
    const auto hashed_area = read_subpackets(fields.read_bytes(fields.number(2)));
    signature.hashed_part = body.substr(0, body.size() - fields.rest().size());
    const auto unhashed_area = read_subpackets(fields.read_bytes(fields.number(2)));
    signature.hash_and_numbers = fields.rest();
    signature.hash_prefix = fields.read_bytes(2);
    while (!fields.done() && !fields.failed()) signature.numbers.push_back(fields.integer());
    if (fields.failed() || version != 4 || !hashed_area || !unhashed_area) return std::nullopt;
    signature.hashed_subpackets = *hashed_area;
    signature.unhashed_subpackets = *unhashed_area;
    return signature;
}

bool verifies(const PublicKey& key, const Signature& signature, std::string_view bytes) {
    const EVP_MD* digest = digest_of(signature.digest);
    if (digest == nullptr || signature.algorithm != key.algorithm) return false;
    const std::string hashed = std::string(bytes) + std::string(signature.hashed_part) + "\x04\xff" +
                               big_endian(signature.hashed_part.size(), 4);
    std::array<char, EVP_MAX_MD_SIZE> hash{};
    unsigned size = 0;
    EVP_Digest(hashed.data(), hashed.size(), reinterpret_cast<unsigned char*>(hash.data()), &size, digest,
               nullptr);
    const std::string_view whole(hash.data(), size);
    const bool valid =
        whole.starts_with(signature.hash_prefix) && verifies_hash(key, signature, digest, whole);
    ERR_clear_error();
    return valid;
}

bool allows_signing(const Signature& signature) {
    constexpr std::size_t sign = 0x02;
    bool has_flags = false, allowed = false;
    for (const Subpacket& subpacket : signature.hashed_subpackets) {
        if (subpacket.type != key_flags) continue;
        has_flags = true;
        allowed = allowed || (FieldReader(subpacket.body).number(1) & sign) != 0;
    }
    return allowed || !has_flags;
}

std::vector<std::string_view> embedded_in(const Signature& signature) {
    std::vector<std::string_view> found;
    for (const auto* area : {&signature.hashed_subpackets, &signature.unhashed_subpackets})
        for (const Subpacket& subpacket : *area)
            if (subpacket.type == embedded_signature) found.push_back(subpacket.body);
    return found;
}

std::string signature_body(const Signature& signature, std::string_view issuer_id,
                           std::string_view embedded) {
    std::string area = subpacket_bytes(issuer, issuer_id);
    if (!embedded.empty()) area += subpacket_bytes(embedded_signature, embedded);
    return std::string(signature.hashed_part) + big_endian(area.size(), 2) + area +
           std::string(signature.hash_and_numbers);
}

}  // namespace dockerext::packages
