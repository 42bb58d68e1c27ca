#pragma once

#include "settings/x509.hpp"

#include <chrono>
#include <optional>
#include <string>

/// Makes keys and certificates for tests.
namespace dockerext::test {

enum class KeyKind { ec, rsa_1024, rsa_2048, ed25519, ed448 };
settings::PrivateKey make_key(KeyKind kind = KeyKind::ec);

/// The key as PEM, encrypted if there is a password.
std::string key_pem(EVP_PKEY& key, const std::string& password = "");

/// The content of a certificate; extensions in the syntax of openssl.cnf, "" for none.
struct CertificateSpec {
    std::string subject;
    std::chrono::sys_days from = std::chrono::year(2020) / 1 / 1;
    std::chrono::sys_days to = std::chrono::year(2030) / 1 / 1;
    std::string basic;
    std::string names = "DNS:docker.example.com,IP:10.0.0.4";
    std::string key_usage = "digitalSignature";
    std::string purposes = "serverAuth";
};

/// A certificate and its key, of a signer or of a signed party.
struct Party {
    settings::PrivateKey key;
    settings::Certificate certificate;
    std::string pem;
};

/// Makes a party whose certificate is signed by `issuer`, or by itself.
Party make_party(const CertificateSpec& spec, const Party* issuer = nullptr, KeyKind kind = KeyKind::ec);

/// Makes a party that may sign others.
Party make_authority(const std::string& subject, const Party* issuer = nullptr,
                     std::chrono::sys_days to = std::chrono::year(2040) / 1 / 1);

/// {"ca": …, "cert": …, "key": …} of a valid server, and the same in base64.
std::string certs_json(const Party& ca, const Party& server);
std::string base64_certs_json(const Party& ca, const Party& server);

}  // namespace dockerext::test
