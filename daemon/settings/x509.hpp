#pragma once

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

/// OpenSSL's certificates and keys as values, for `certificates`.
namespace dockerext::settings {

template <auto release>
struct Release {
    template <typename T>
    void operator()(T* object) const {
        release(object);
    }
};
using Certificate = std::unique_ptr<X509, Release<X509_free>>;
using PrivateKey = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;

/// One block of a PEM text.
struct PemBlock {
    std::string label;  ///< "CERTIFICATE"; "" for one that cannot be decoded
    bool encrypted = false;
    Secret bytes;
};
/// Up to the first that cannot be decoded.
std::vector<PemBlock> pem_blocks(std::string_view text);

/// Null when the bytes are no such thing, or more than that.
Certificate read_certificate(const PemBlock& block);
PrivateKey read_private_key(const PemBlock& block);

/// PEM with nothing else around or in it: of certificates, as they were signed, and of the bytes of a key.
Secret pem_of(std::span<const Certificate> certificates);
Secret pem_of(const PemBlock& key);

std::chrono::sys_seconds not_before(const X509& certificate);
std::chrono::sys_seconds not_after(const X509& certificate);
/// "docker.example.com", "10.0.0.4"
std::vector<std::string> names_of(const X509& certificate);

/// The outcome of looking for the way from a certificate to one of those that are trusted.
struct Chain {
    int error = X509_V_OK;
    std::chrono::sys_seconds not_after{};  ///< the earliest end of all on the way; only without an error
};
/// `between` may help on the way. Without `at`, dates do not count.
Chain find_chain(X509& certificate, std::span<const Certificate> between,
                 std::span<const Certificate> trusted, std::optional<std::chrono::sys_seconds> at);

}  // namespace dockerext::settings
