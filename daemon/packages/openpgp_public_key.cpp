#include "packages/openpgp_public_key.hpp"

#include "base/release.hpp"
#include "packages/openpgp_packet.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <array>

namespace dockerext::packages {
namespace {

using VerifyingKey = decltype(PublicKey::verifying_key);

using Number = std::unique_ptr<BIGNUM, Release<BN_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Release<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Release<OSSL_PARAM_free>>;
using Context = std::unique_ptr<EVP_PKEY_CTX, Release<EVP_PKEY_CTX_free>>;

Number number_of(std::string_view bytes) {
    return Number(BN_bin2bn(raw(bytes), static_cast<int>(bytes.size()), nullptr));
}

VerifyingKey rsa_key(std::string_view modulus, std::string_view exponent) {
    const Number n = number_of(modulus);
    const Number e = number_of(exponent);
    const Builder builder(OSSL_PARAM_BLD_new());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
    const Parameters parameters(OSSL_PARAM_BLD_to_param(builder.get()));
    const Context context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
    EVP_PKEY* key = nullptr;
    if (EVP_PKEY_fromdata_init(context.get()) == 1)
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get());
    ERR_clear_error();
    return VerifyingKey(key);
}

/// RFC 4880 §5.5.2
VerifyingKey read_rsa(FieldReader& fields) {
    constexpr std::size_t min_modulus = 2048 / 8, max_modulus = 16384 / 8, longest_exponent = 8;
    const std::string_view modulus = fields.integer();
    const std::string_view exponent = fields.integer();
    const bool valid_sizes = modulus.size() >= min_modulus && modulus.size() <= max_modulus &&
                             !exponent.empty() && exponent.size() <= longest_exponent;
    if (!fields.done() || !valid_sizes) return nullptr;
    return rsa_key(modulus, exponent);
}

/// draft-koch-eddsa-for-openpgp, as GnuPG writes it: the curve's OID and a compressed point.
VerifyingKey read_ed25519(FieldReader& fields) {
    constexpr std::string_view curve = "\x2b\x06\x01\x04\x01\xda\x47\x0f\x01";
    constexpr std::size_t point_size = 32;
    const bool known = fields.read_bytes(fields.number(1)) == curve;
    const std::string_view point = fields.integer();
    if (!known || !fields.done() || point.size() != point_size + 1 || point.front() != '\x40') return nullptr;
    return VerifyingKey(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, raw(point) + 1, point_size));
}

Error unsupported_key(const std::string& what) {
    return {ErrorKind::invalid_input,
            what + "; only RSA from 2048 bits on and Ed25519, version 4, are known"};
}

std::string fingerprint_of(std::string_view body) {
    const std::string hashed = hashed_key(body);
    std::array<char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_Digest(hashed.data(), hashed.size(), reinterpret_cast<unsigned char*>(digest.data()), &size,
               EVP_sha1(), nullptr);
    return {digest.data(), size};
}

}  // namespace

void ReleaseVerifyingKey::operator()(evp_pkey_st* key) const { EVP_PKEY_free(key); }

Result<PublicKey> read_public_key(std::string_view body) {
    constexpr std::size_t time_size = 4;
    FieldReader fields(body);
    const std::size_t version = fields.number(1);
    fields.read_bytes(time_size);
    PublicKey key{.body = body, .algorithm = static_cast<KeyAlgorithm>(fields.number(1))};
    if (fields.failed()) return unsupported_key("it is cut off");
    if (version != 4) return unsupported_key("it is of version " + std::to_string(version));
    switch (key.algorithm) {
    case KeyAlgorithm::rsa:
    case KeyAlgorithm::rsa_sign_only: key.verifying_key = read_rsa(fields); break;
    case KeyAlgorithm::eddsa: key.verifying_key = read_ed25519(fields); break;
    default:
        return unsupported_key("its algorithm has the number " + std::to_string(unsigned(key.algorithm)));
    }
    if (!key.verifying_key) return unsupported_key("its numbers are not those of a key");
    key.fingerprint = fingerprint_of(body);
    return key;
}

std::string hashed_key(std::string_view body) {
    return "\x99" + big_endian(body.size(), 2) + std::string(body);
}

}  // namespace dockerext::packages
