#include "settings/x509.hpp"

#include "base/base64.hpp"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <ctime>

namespace dockerext::settings {
namespace {

using Bio = std::unique_ptr<BIO, Release<BIO_free_all>>;
using Store = std::unique_ptr<X509_STORE, Release<X509_STORE_free>>;
using StoreContext = std::unique_ptr<X509_STORE_CTX, Release<X509_STORE_CTX_free>>;
using Names = std::unique_ptr<GENERAL_NAMES, Release<GENERAL_NAMES_free>>;

struct ReleaseStack {
    void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
};
using Stack = std::unique_ptr<STACK_OF(X509), ReleaseStack>;

/// OpenSSL's memory for a block; wiped when freed.
struct RawBlock {
    RawBlock() = default;
    RawBlock(const RawBlock&) = delete;
    RawBlock& operator=(const RawBlock&) = delete;
    ~RawBlock() {
        OPENSSL_free(label);
        OPENSSL_free(header);
        OPENSSL_clear_free(bytes, static_cast<std::size_t>(size));
    }

    char* label = nullptr;
    char* header = nullptr;
    unsigned char* bytes = nullptr;
    long size = 0;
};

std::chrono::sys_seconds time_of(const ASN1_TIME* time) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
    const std::chrono::year_month_day day(std::chrono::year(parts.tm_year + 1900),
                                          std::chrono::month(static_cast<unsigned>(parts.tm_mon + 1)),
                                          std::chrono::day(static_cast<unsigned>(parts.tm_mday)));
    return std::chrono::sys_days(day) + std::chrono::hours(parts.tm_hour) +
           std::chrono::minutes(parts.tm_min) + std::chrono::seconds(parts.tm_sec);
}

std::string_view bytes_of(const ASN1_STRING* string) {
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
            static_cast<std::size_t>(ASN1_STRING_length(string))};
}

bool ends_at(std::string_view bytes, const unsigned char* end) {
    return end == reinterpret_cast<const unsigned char*>(bytes.data() + bytes.size());
}

Secret bio_content(BIO& bio) {
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(&bio, &bytes);
    return Secret(size > 0 ? std::string(bytes, static_cast<std::size_t>(size)) : std::string());
}

std::string address_text(std::string_view bytes) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const int family = bytes.size() == 4 ? AF_INET : AF_INET6;
    if (bytes.size() != 4 && bytes.size() != 16) return "";
    return inet_ntop(family, bytes.data(), text.data(), text.size()) == nullptr ? "" : text.data();
}

constexpr std::string_view whitespace = " \t\r\n";

Secret without_whitespace(std::string_view text) {
    WipedString compact;
    std::copy_if(text.begin(), text.end(), std::back_inserter(compact),
                 [](char c) { return whitespace.find(c) == std::string_view::npos; });
    return Secret(compact);
}

std::optional<Secret> decode_base64(std::string_view text) {
    auto bytes = from_base64(without_whitespace(text).reveal());
    if (!bytes) return std::nullopt;
    return Secret(std::move(*bytes));
}

/// Whether `text` holds a PEM block whose label ends in `label` ("RSA PRIVATE KEY" ends in "PRIVATE KEY").
bool has_pem_block(std::string_view text, std::string_view label) {
    const std::string label_end = std::string(label) + "-----";
    const std::size_t begin = text.find("-----BEGIN ");
    if (begin == std::string_view::npos) return false;
    const std::size_t named = text.find(label_end, begin);
    if (named == std::string_view::npos) return false;
    const std::size_t end = text.find("-----END ", named);
    return end != std::string_view::npos && text.find(label_end, end) != std::string_view::npos;
}

std::string_view label_of(PemKind kind) {
    return kind == PemKind::certificate ? "CERTIFICATE" : "PRIVATE KEY";
}

std::string_view name_of(PemKind kind) {
    return kind == PemKind::certificate ? "certificate" : "private key";
}

Error not_pem(PemKind kind) {
    return {ErrorKind::invalid_input,
            "expected a " + std::string(name_of(kind)) + " as PEM or as base64 of PEM, found neither"};
}

}  // namespace

std::vector<PemBlock> pem_blocks(std::string_view text) {
    std::vector<PemBlock> blocks;
    const Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    for (;;) {
        RawBlock raw;
        ERR_clear_error();
        if (PEM_read_bio(bio.get(), &raw.label, &raw.header, &raw.bytes, &raw.size) != 1) {
            if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) blocks.emplace_back();
            break;
        }
        const std::string label = raw.label;
        const bool encrypted = label == "ENCRYPTED PRIVATE KEY" ||
                               std::string_view(raw.header).find("ENCRYPTED") != std::string_view::npos;
        blocks.push_back({label, encrypted,
                          Secret(std::string(reinterpret_cast<const char*>(raw.bytes),
                                             static_cast<std::size_t>(raw.size)))});
    }
    ERR_clear_error();
    return blocks;
}

Certificate read_certificate(const PemBlock& block) {
    const std::string_view bytes = block.bytes.reveal();
    const auto* begin = reinterpret_cast<const unsigned char*>(bytes.data());
    Certificate certificate(d2i_X509(nullptr, &begin, static_cast<long>(bytes.size())));
    ERR_clear_error();
    return ends_at(bytes, begin) ? std::move(certificate) : nullptr;
}

PrivateKey read_private_key(const PemBlock& block) {
    const std::string_view bytes = block.bytes.reveal();
    const auto* begin = reinterpret_cast<const unsigned char*>(bytes.data());
    PrivateKey key(d2i_AutoPrivateKey(nullptr, &begin, static_cast<long>(bytes.size())));
    ERR_clear_error();
    return ends_at(bytes, begin) ? std::move(key) : nullptr;
}

Secret pem_of(std::span<const Certificate> certificates) {
    const Bio bio(BIO_new(BIO_s_mem()));
    for (const Certificate& certificate : certificates) PEM_write_bio_X509(bio.get(), certificate.get());
    return bio_content(*bio);
}

Secret pem_of(const PemBlock& key) {
    const std::string_view bytes = key.bytes.reveal();
    const Bio bio(BIO_new(BIO_s_secmem()));  // wiped when freed
    PEM_write_bio(bio.get(), key.label.c_str(), "", reinterpret_cast<const unsigned char*>(bytes.data()),
                  static_cast<long>(bytes.size()));
    return bio_content(*bio);
}

std::chrono::sys_seconds not_before(const X509& certificate) {
    return time_of(X509_get0_notBefore(&certificate));
}

std::chrono::sys_seconds not_after(const X509& certificate) {
    return time_of(X509_get0_notAfter(&certificate));
}

std::vector<std::string> names_of(const X509& certificate) {
    const Names list(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)));
    std::vector<std::string> names;
    for (int i = 0; list && i < sk_GENERAL_NAME_num(list.get()); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(list.get(), i);
        if (name->type == GEN_DNS) names.emplace_back(bytes_of(name->d.dNSName));
        if (name->type == GEN_IPADD) names.push_back(address_text(bytes_of(name->d.iPAddress)));
    }
    return names;
}

Chain find_chain(X509& certificate, std::span<const Certificate> intermediates,
                 std::span<const Certificate> trusted, std::optional<std::chrono::sys_seconds> at) {
    const Store store(X509_STORE_new());
    for (const Certificate& one : trusted) X509_STORE_add_cert(store.get(), one.get());
    const Stack untrusted(sk_X509_new_null());
    for (const Certificate& one : intermediates) sk_X509_push(untrusted.get(), one.get());

    const StoreContext context(X509_STORE_CTX_new());
    X509_STORE_CTX_init(context.get(), store.get(), &certificate, untrusted.get());
    // As in Go, every certificate in `ca` is trusted, even one that another certificate has signed.
    X509_STORE_CTX_set_flags(context.get(), X509_V_FLAG_PARTIAL_CHAIN);
    if (at) X509_STORE_CTX_set_time(context.get(), 0, at->time_since_epoch().count());
    else X509_STORE_CTX_set_flags(context.get(), X509_V_FLAG_NO_CHECK_TIME);

    Chain chain;
    if (X509_verify_cert(context.get()) != 1) chain.error = X509_STORE_CTX_get_error(context.get());
    ERR_clear_error();
    if (chain.error != X509_V_OK) return chain;
    const STACK_OF(X509)* verified_chain = X509_STORE_CTX_get0_chain(context.get());
    chain.not_after = not_after(certificate);
    for (int i = 0; i < sk_X509_num(verified_chain); ++i) {
        chain.not_after = std::min(chain.not_after, not_after(*sk_X509_value(verified_chain, i)));
    }
    return chain;
}

Result<Secret> read_pem(std::string_view text, PemKind kind) {
    std::optional<Secret> pem;
    if (text.find("-----BEGIN ") != std::string_view::npos) pem = Secret(text);
    else pem = decode_base64(text);
    if (!pem || pem->reveal().find('\0') != std::string_view::npos) return not_pem(kind);
    if (has_pem_block(pem->reveal(), label_of(kind))) return std::move(*pem);

    const PemKind other = kind == PemKind::certificate ? PemKind::private_key : PemKind::certificate;
    if (!has_pem_block(pem->reveal(), label_of(other))) return not_pem(kind);
    return Error(ErrorKind::invalid_input,
                 "expected a " + std::string(name_of(kind)) + ", found a " + std::string(name_of(other)));
}

}  // namespace dockerext::settings
