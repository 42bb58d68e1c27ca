#include "authority.hpp"

#include "base/base64.hpp"
#include "base/json_writer.hpp"
#include "base/release.hpp"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

namespace dockerext::test {
namespace {

using Bio = std::unique_ptr<BIO, Release<BIO_free_all>>;

std::string text_of(BIO& bio) {
    char* text = nullptr;
    const long size = BIO_get_mem_data(&bio, &text);
    return {text, static_cast<std::size_t>(size)};
}

void set_time(ASN1_TIME* field, std::chrono::sys_days day) {
    ASN1_TIME_set(field, std::chrono::sys_seconds(day).time_since_epoch().count());
}

void add_extension(X509& certificate, int kind, const std::string& value) {
    if (value.empty()) return;
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
    X509_add_ext(&certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

/// Base64 with the line breaks of the base64 tool.
std::string with_line_breaks(const std::string& text) {
    std::string encoded = base64(text);
    for (std::size_t at = 76; at < encoded.size(); at += 77) encoded.insert(at, "\n");
    return encoded;
}

std::string json_of(const std::string& ca, const std::string& cert, const std::string& key) {
    JsonWriter json;
    json.begin_object();
    json.text("ca", ca);
    json.text("cert", cert);
    json.text("key", key);
    json.end_object();
    return json.take();
}

}  // namespace

settings::PrivateKey make_key(KeyKind kind) {
    EVP_PKEY* key = nullptr;
    switch (kind) {
    case KeyKind::ec: key = EVP_EC_gen("P-256"); break;
    case KeyKind::rsa_1024: key = EVP_RSA_gen(1024); break;
    case KeyKind::rsa_2048: key = EVP_RSA_gen(2048); break;
    case KeyKind::ed25519: key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"); break;
    case KeyKind::ed448: key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED448"); break;
    }
    return settings::PrivateKey(key);
}

std::string key_pem(EVP_PKEY& key, const std::string& password) {
    const Bio bio(BIO_new(BIO_s_mem()));
    const EVP_CIPHER* cipher = password.empty() ? nullptr : EVP_aes_256_cbc();
    PEM_write_bio_PrivateKey(bio.get(), &key, cipher, reinterpret_cast<const unsigned char*>(password.data()),
                             static_cast<int>(password.size()), nullptr, nullptr);
    return text_of(*bio);
}

Party make_party(const CertificateSpec& spec, const Party* issuer, KeyKind kind) {
    Party party{make_key(kind), settings::Certificate(X509_new()), ""};
    X509& certificate = *party.certificate;
    X509_set_version(&certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(&certificate), 1);
    set_time(X509_getm_notBefore(&certificate), spec.from);
    set_time(X509_getm_notAfter(&certificate), spec.to);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(&certificate), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(spec.subject.c_str()), -1, -1, 0);
    const Party& signer = issuer == nullptr ? party : *issuer;
    X509_set_issuer_name(&certificate, X509_get_subject_name(signer.certificate.get()));
    X509_set_pubkey(&certificate, party.key.get());
    add_extension(certificate, NID_basic_constraints, spec.basic);
    add_extension(certificate, NID_subject_alt_name, spec.names);
    add_extension(certificate, NID_key_usage, spec.key_usage);
    add_extension(certificate, NID_ext_key_usage, spec.purposes);
    const bool has_own_digest = EVP_PKEY_get_base_id(signer.key.get()) == EVP_PKEY_ED25519;
    X509_sign(&certificate, signer.key.get(), has_own_digest ? nullptr : EVP_sha256());
    const Bio bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(bio.get(), &certificate);
    party.pem = text_of(*bio);
    return party;
}

Party make_authority(const std::string& subject, const Party* issuer, std::chrono::sys_days to) {
    return make_party({.subject = subject,
                       .to = to,
                       .basic = "critical,CA:TRUE",
                       .names = "",
                       .key_usage = "keyCertSign",
                       .purposes = ""},
                      issuer);
}

std::string certs_json(const Party& ca, const Party& server) {
    return json_of(ca.pem, server.pem, key_pem(*server.key));
}

std::string base64_certs_json(const Party& ca, const Party& server) {
    return json_of(with_line_breaks(ca.pem), with_line_breaks(server.pem),
                   with_line_breaks(key_pem(*server.key)));
}

}  // namespace dockerext::test
