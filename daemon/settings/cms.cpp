#include "settings/cms.hpp"

#include "base/base64.hpp"
#include "settings/x509.hpp"

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>

#include <algorithm>
#include <iterator>
#include <string>

namespace dockerext::settings {
namespace {

using Bio = std::unique_ptr<BIO, Release<BIO_free_all>>;
using Cms = std::unique_ptr<CMS_ContentInfo, Release<CMS_ContentInfo_free>>;

Error decryption_error(std::string_view complaint) {
    return {ErrorKind::invalid_input, "the protected settings: " + std::string(complaint)};
}

Bio memory_bio(std::string_view bytes) {
    return Bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

Cms parse(std::string_view base64) {
    std::string compact;
    std::copy_if(base64.begin(), base64.end(), std::back_inserter(compact),
                 [](char c) { return std::string_view(" \t\r\n").find(c) == std::string_view::npos; });
    const auto der = from_base64(compact);
    if (!der) return nullptr;
    const Bio bio = memory_bio(*der);
    return Cms(d2i_CMS_bio(bio.get(), nullptr));
}

Certificate first_certificate(const Secret& pem) {
    for (const PemBlock& block : pem_blocks(pem.reveal())) {
        if (auto certificate = read_certificate(block)) return certificate;
    }
    return nullptr;
}

PrivateKey first_key(const Secret& pem) {
    for (const PemBlock& block : pem_blocks(pem.reveal())) {
        if (auto key = read_private_key(block)) return key;
    }
    return nullptr;
}

std::string openssl_reason() {
    const unsigned long code = ERR_peek_last_error();
    const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
    ERR_clear_error();
    return reason == nullptr ? "no reason given" : reason;
}

}  // namespace

Result<Secret> decrypt_cms(std::string_view base64, const Secret& certificate, const Secret& key) {
    ERR_clear_error();
    const Cms cms = parse(base64);
    if (!cms) return decryption_error("expected base64 of CMS data, found something else");
    const Certificate recipient = first_certificate(certificate);
    if (!recipient) return decryption_error("cannot read the agent's certificate for them");
    const PrivateKey recipient_key = first_key(key);
    if (!recipient_key) return decryption_error("cannot read the agent's key for them");
    if (X509_check_private_key(recipient.get(), recipient_key.get()) != 1)
        return decryption_error("the agent's key for them does not match its certificate");
    const Bio plain(BIO_new(BIO_s_secmem()));  // wiped when freed
    // Without "debug", OpenSSL decrypts with a random key when no recipient matches, and may return garbage.
    constexpr unsigned flags = CMS_BINARY | CMS_DEBUG_DECRYPT;
    if (CMS_decrypt(cms.get(), recipient_key.get(), recipient.get(), nullptr, plain.get(), flags) != 1)
        return decryption_error("they cannot be decrypted with the certificate that they name: " +
                                openssl_reason());
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(plain.get(), &bytes);
    return Secret(size > 0 ? std::string(bytes, static_cast<std::size_t>(size)) : std::string());
}

}  // namespace dockerext::settings
