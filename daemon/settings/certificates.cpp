#include "settings/certificates.hpp"

#include "settings/x509.hpp"

#include <openssl/x509v3.h>

#include <algorithm>
#include <iomanip>
#include <sstream>
#include <utility>

namespace dockerext::settings {
namespace {

using Instant = std::chrono::sys_seconds;

constexpr int min_rsa_bits = 1024;  ///< in bits; Go's TLS refuses a smaller key
constexpr int recommended_rsa_bits = 2048;

constexpr const char* unreadable = "contains an unreadable block; copy it again from its source";
constexpr const char* key_among_certificates =
    ", but this file is readable by everyone; put only certificates there, and the key into "
    "certs.key";
constexpr const char* only_certificates = ", but only certificates belong there; remove it";
constexpr const char* only_a_key =
    ", but only the private key belongs there; put certificates into certs.cert and certs.ca";

/// "2026-01-31 12:00 UTC"
std::string text_of(Instant time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    std::ostringstream text;
    text << std::setfill('0') << std::setw(4) << static_cast<int>(date.year()) << '-' << std::setw(2)
         << static_cast<unsigned>(date.month()) << '-' << std::setw(2) << static_cast<unsigned>(date.day())
         << ' ' << std::setw(2) << clock.hours().count() << ':' << std::setw(2) << clock.minutes().count()
         << " UTC";
    return text.str();
}

bool is_key(const PemBlock& block) {
    return block.label == "PRIVATE KEY" || block.label.ends_with(" PRIVATE KEY");
}

/// Whether the block is what OpenSSL writes next to a key on an elliptic curve; it is not needed.
bool is_parameters(const PemBlock& block) { return block.label == "EC PARAMETERS"; }

/// "a block labelled PRIVATE KEY"; does not repeat anything else of the text.
std::string name_of(const PemBlock& block) {
    constexpr std::size_t longest = 40;
    const bool is_printable =
        block.label.size() <= longest &&
        block.label.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ") == std::string::npos;
    return is_printable ? "a block labelled " + block.label : "another block";
}

/// What is wrong with a certificate's dates at `now`; "" when they are valid.
std::string validity_problem(const X509& certificate, Instant now) {
    if (now >= not_after(certificate)) return "expired at " + text_of(not_after(certificate));
    if (now < not_before(certificate)) return "is not valid before " + text_of(not_before(certificate));
    return "";
}

class CertificateChecker {
public:
    CertificateChecker(const model::Certificates& given, std::optional<Instant> now, Problems& problems)
        : now_(now), problems_(problems) {
        ca_ = read_certificates(given.ca, "ca");
        cert_ = read_certificates(given.cert, "cert");
        read_key(given.key);
    }

    std::optional<model::Certificates> run() {
        if (!cert_.empty()) check_server_certificate(*cert_.front());
        if (!cert_.empty() && key_) check_pair(*cert_.front());
        if (now_ && !ca_.empty()) check_dates_of_ca();
        if (!cert_.empty() && !ca_.empty()) check_chain();
        if (failed_) return std::nullopt;
        if (names_of(*cert_.front()).empty()) {
            facts_.warnings.emplace_back(
                "certs.cert has no subject alternative names; most clients, including docker, reject it");
        }
        return model::Certificates{pem_of(ca_), pem_of(cert_), std::move(key_text_), std::move(facts_)};
    }

private:
    void complain(std::string_view member, std::string message) {
        problems_.add("/protected/certs/" + std::string(member), std::move(message));
        failed_ = true;
    }

    void refuse(const PemBlock& block, std::string_view member, const std::string& why) {
        complain(member, block.label.empty() ? unreadable : "contains " + name_of(block) + why);
    }

    /// Any user may read the file that is made from these certificates.
    std::vector<Certificate> read_certificates(const Secret& text, std::string_view member) {
        std::vector<Certificate> certificates;
        std::size_t number = 0;
        for (const PemBlock& block : pem_blocks(text.reveal())) {
            if (block.label != "CERTIFICATE") {
                refuse(block, member, is_key(block) ? key_among_certificates : only_certificates);
                continue;
            }
            ++number;
            auto certificate = read_certificate(block);
            if (certificate) certificates.push_back(std::move(certificate));
            else
                complain(member,
                         "contains an unreadable certificate (number " + std::to_string(number) + ")");
        }
        if (number == 0) complain(member, "contains no readable certificate");
        return certificates;
    }

    void read_key(const Secret& text) {
        std::size_t keys = 0;
        for (const PemBlock& block : pem_blocks(text.reveal())) {
            if (is_parameters(block)) continue;
            if (!is_key(block)) refuse(block, "key", only_a_key);
            else if (++keys == 1) read_key_block(block);
        }
        if (keys == 0) complain("key", "contains no readable private key");
        if (keys > 1)
            complain("key",
                     "contains " + std::to_string(keys) + " private keys; keep only that of certs.cert");
    }

    void read_key_block(const PemBlock& block) {
        if (block.encrypted) {
            complain("key",
                     "is encrypted, and dockerd cannot ask for a password; remove it with: "
                     "openssl pkey -in key.pem -out plain.pem");
            return;
        }
        key_ = read_private_key(block);
        if (key_) key_text_ = pem_of(block);
        else complain("key", "contains no readable private key");
    }

    /// Checks the engine's own certificate by itself.
    void check_server_certificate(X509& certificate) {
        const std::string dates = now_ ? validity_problem(certificate, *now_) : "";
        if (!dates.empty()) complain("cert", dates);

        const std::uint32_t purposes =
            X509_get_extended_key_usage(&certificate);  // all usages when the certificate does not list any
        if ((purposes & (XKU_SSL_SERVER | XKU_ANYEKU)) == 0) {
            complain("cert", "lacks serverAuth in its extended key usage; reissue it");
        }
        const std::uint32_t uses = X509_get_key_usage(&certificate);
        if ((uses & (KU_DIGITAL_SIGNATURE | KU_KEY_ENCIPHERMENT | KU_KEY_AGREEMENT)) == 0) {
            complain("cert", "lacks digitalSignature in its key usage; reissue it");
        }
        check_strength(certificate);
    }

    void check_strength(X509& certificate) {
        EVP_PKEY* key = X509_get0_pubkey(&certificate);
        const int kind = key == nullptr ? EVP_PKEY_NONE : EVP_PKEY_get_base_id(key);
        if (kind != EVP_PKEY_RSA && kind != EVP_PKEY_EC && kind != EVP_PKEY_ED25519) {
            complain("cert", "has a key type that dockerd does not support; use RSA, ECDSA or Ed25519");
            return;
        }
        const int bits = EVP_PKEY_get_bits(key);
        if (kind != EVP_PKEY_RSA || bits >= recommended_rsa_bits) return;
        const std::string weak = "has an RSA key of only " + std::to_string(bits) + " bits";
        if (bits < min_rsa_bits) complain("cert", weak + ", which dockerd rejects; use 2048 or more");
        else facts_.warnings.push_back("certs.cert " + weak + "; use 2048 or more");
    }

    void check_pair(X509& certificate) {
        const EVP_PKEY* published = X509_get0_pubkey(&certificate);
        if (published != nullptr && EVP_PKEY_eq(published, key_.get()) == 1) return;
        complain("key", "does not match the (first) certificate in certs.cert");
    }

    /// Of several CA certificates, expired ones do no harm while another one is valid.
    void check_dates_of_ca() {
        const bool all_invalid = std::all_of(ca_.begin(), ca_.end(), [&](const Certificate& one) {
            return !validity_problem(*one, *now_).empty();
        });
        if (all_invalid) complain("ca", validity_problem(*ca_.front(), *now_));
    }

    void check_chain() {
        const auto intermediates = std::span(cert_).subspan(1);
        const Chain chain = find_chain(*cert_.front(), intermediates, ca_, std::nullopt);
        facts_.not_after = chain.not_after;
        if (chain.error == X509_V_ERR_INVALID_CA) {
            complain("ca", "contains a certificate that cannot sign others, because it lacks CA:TRUE");
        } else if (chain.error != X509_V_OK) {
            complain("cert",
                     "is not signed by a certificate in certs.ca; put its issuer there, and intermediate "
                     "certificates into certs.cert, below it");
        }
        if (chain.error != X509_V_OK || !now_ || failed_) return;
        const Chain current = find_chain(*cert_.front(), intermediates, ca_, now_);
        facts_.not_after = current.not_after;
        if (current.error == X509_V_OK) return;
        complain("cert", "is signed by a certificate that expired at " + text_of(chain.not_after));
    }

    std::optional<Instant> now_;
    Problems& problems_;
    std::vector<Certificate> ca_, cert_;
    PrivateKey key_;
    Secret key_text_;
    model::CertificateFacts facts_;
    bool failed_ = false;
};

}  // namespace

std::optional<model::Certificates> checked_certificates(const model::Certificates& given,
                                                        std::optional<model::WallTime> now,
                                                        Problems& problems) {
    std::optional<Instant> second;
    if (now) second = std::chrono::floor<std::chrono::seconds>(*now);
    return CertificateChecker(given, second, problems).run();
}

std::optional<std::string> expiry_warning(std::chrono::sys_seconds not_after, model::WallTime now) {
    using std::chrono::days;
    constexpr std::pair<days, std::string_view> steps[] = {
        {days(1), "within a day"}, {days(7), "within 7 days"}, {days(30), "within 30 days"}};
    const std::string what = "the engine's TLS certificate ";
    const std::string remedy = ", at " + text_of(not_after) + "; renew it in certs";
    const auto second = std::chrono::floor<std::chrono::seconds>(now);
    if (second >= not_after) return what + "has expired" + remedy;
    for (const auto& [step, words] : steps) {
        if (not_after - second <= step) return what + "expires " + std::string(words) + remedy;
    }
    return std::nullopt;
}

}  // namespace dockerext::settings
