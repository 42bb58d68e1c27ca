#pragma once

#include "base/error.hpp"
#include "base/release.hpp"
#include "base/secret.hpp"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// PEM texts, and OpenSSL's certificates and keys as values.
namespace dockerext::settings {

using Certificate = std::unique_ptr<X509, Release<X509_free>>;
using PrivateKey = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;

enum class PemKind { certificate, private_key };

/// Returns `text` as PEM: unchanged, or decoded from base64, which may contain line breaks. Checks only the
/// frame of the PEM, not its content. No error repeats any of the text.
Result<Secret> read_pem(std::string_view text, PemKind kind);

/// One block of a PEM text.
struct PemBlock {
    std::string label;  ///< "CERTIFICATE"; "" for a block that cannot be decoded
    bool encrypted = false;
    Secret bytes;
};
/// The blocks of the text up to the first one that cannot be decoded.
std::vector<PemBlock> pem_blocks(std::string_view text);

/// Null when the bytes are not a certificate or key, or contain more than that.
Certificate read_certificate(const PemBlock& block);
PrivateKey read_private_key(const PemBlock& block);

/// PEM without any other content: of certificates, exactly as signed, or of the bytes of a key.
Secret pem_of(std::span<const Certificate> certificates);
Secret pem_of(const PemBlock& key);

std::chrono::sys_seconds not_before(const X509& certificate);
std::chrono::sys_seconds not_after(const X509& certificate);
/// The certificate's names, such as "docker.example.com" and "10.0.0.4".
std::vector<std::string> names_of(const X509& certificate);

/// The result of the search for a chain from a certificate to a trusted one.
struct Chain {
    int error = X509_V_OK;
    std::chrono::sys_seconds not_after{};  ///< the earliest expiry in the chain; set only without an error
};
/// `intermediates` are possible intermediate certificates. Without `at`, dates are not checked.
Chain find_chain(X509& certificate, std::span<const Certificate> intermediates,
                 std::span<const Certificate> trusted, std::optional<std::chrono::sys_seconds> at);

}  // namespace dockerext::settings
