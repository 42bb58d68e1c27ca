#include "settings/certificates.hpp"

#include "authority.hpp"

#include <gtest/gtest.h>

namespace dockerext::settings {
namespace {

using namespace std::chrono_literals;
using std::chrono::sys_days;
using test::CertificateSpec;
using test::Party;

constexpr sys_days today = std::chrono::year(2025) / 6 / 1;

struct Outcome {
    std::string problems;
    std::optional<model::CertificateFacts> facts;
    std::string ca, cert, key;  ///< as written to the files
};

Outcome check(const std::string& ca, const std::string& cert, const std::string& key,
              std::optional<model::WallTime> now = today) {
    Problems problems;
    Outcome outcome;
    const auto checked = checked_certificates({Secret(ca), Secret(cert), Secret(key), {}}, now, problems);
    outcome.problems = to_text(problems.all());
    EXPECT_EQ(checked.has_value(), problems.empty());
    if (!checked) return outcome;
    outcome.facts = checked->facts;
    outcome.ca = checked->ca.reveal();
    outcome.cert = checked->cert.reveal();
    outcome.key = checked->key.reveal();
    return outcome;
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
        text.replace(at, what.size(), by);
    return text;
}

class Certificates : public testing::Test {
protected:
    Outcome check_server(const CertificateSpec& spec, std::optional<model::WallTime> now = today) const {
        const Party server = test::make_party(spec, &ca_);
        return check(ca_.pem, server.pem, test::key_pem(*server.key), now);
    }

    Party ca_ = test::make_authority("ca");
    Party intermediate_ = test::make_authority("between", &ca_, std::chrono::year(2028) / 1 / 1);
    Party server_ = test::make_party({.subject = "server"}, &ca_);
    Party indirect_server_ = test::make_party({.subject = "distant"}, &intermediate_);
    Party unrelated_ca_ = test::make_authority("stranger");
    std::string key_ = test::key_pem(*server_.key);
    std::string indirect_server_key_ = test::key_pem(*indirect_server_.key);
};

TEST_F(Certificates, ReportTheirFactsWhenValid) {
    const auto facts = check(ca_.pem, server_.pem, key_).facts;
    ASSERT_TRUE(facts);
    EXPECT_EQ(facts->not_after, sys_days(std::chrono::year(2030) / 1 / 1));
    EXPECT_TRUE(facts->warnings.empty());
}

TEST_F(Certificates, MayBeChainsAndBundles) {
    const std::string chain = indirect_server_.pem + intermediate_.pem;
    const std::pair<std::string, std::string> table[] = {
        {ca_.pem, chain},
        {unrelated_ca_.pem + ca_.pem, chain},
        {ca_.pem + intermediate_.pem, indirect_server_.pem},
        {intermediate_.pem, indirect_server_.pem},  // an intermediate as the trust anchor, which Go accepts
        {"mine:\n" + ca_.pem + "\nend", "Bag Attributes\n" + chain},
    };
    for (const auto& [ca, cert] : table) {
        const Outcome outcome = check(ca, cert, indirect_server_key_);
        EXPECT_EQ(outcome.problems, "");
        ASSERT_TRUE(outcome.facts);
        EXPECT_EQ(outcome.facts->not_after, sys_days(std::chrono::year(2028) / 1 / 1));
    }
    const Party lone = test::make_party({.subject = "lone", .basic = "CA:TRUE"});
    EXPECT_EQ(check(lone.pem, lone.pem, test::key_pem(*lone.key)).problems, "");
}

std::string unreadable(const std::string& member) {
    return "/protected/certs/" + member + ": contains an unreadable block; copy it again from its source\n";
}

TEST_F(Certificates, AreRefusedWhenUnreadable) {
    const std::string block = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    const std::string no_key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    EXPECT_EQ(check(ca_.pem + block, block, no_key).problems,
              "/protected/certs/ca: contains an unreadable certificate (number 2)\n"
              "/protected/certs/cert: contains an unreadable certificate (number 1)\n"
              "/protected/certs/key: contains no readable private key\n");
    EXPECT_EQ(check("-----BEGIN CERTIFICATE-----", "", server_.pem).problems,
              unreadable("ca") +
                  "/protected/certs/ca: contains no readable certificate\n"
                  "/protected/certs/cert: contains no readable certificate\n"
                  "/protected/certs/key: contains a block labelled CERTIFICATE, but only the private key "
                  "belongs there; put certificates into certs.cert and certs.ca\n"
                  "/protected/certs/key: contains no readable private key\n");
}

/// Two of the files are world-readable, and exports of Azure's Key Vault hold the key beside the
/// certificates.
TEST_F(Certificates, AreWrittenWithoutOtherContent) {
    const std::string parameters =
        "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    const Outcome outcome =
        check("Bag Attributes\n" + ca_.pem + intermediate_.pem + "password: hush\n",
              replaced(indirect_server_.pem, "\n", "\r\n") + "\n\n" + intermediate_.pem + "end",
              parameters + indirect_server_key_ + "#");
    EXPECT_EQ(outcome.problems, "");
    EXPECT_EQ(outcome.ca, ca_.pem + intermediate_.pem);
    EXPECT_EQ(outcome.cert, indirect_server_.pem + intermediate_.pem);
    EXPECT_EQ(outcome.key, indirect_server_key_);
}

TEST_F(Certificates, AreRefusedInABundleWithTheKey) {
    const std::string own =
        "contains a block labelled PRIVATE KEY, but this file is readable by everyone; put only certificates "
        "there, and the key into certs.key\n";
    EXPECT_EQ(check(ca_.pem + key_, server_.pem, key_).problems, "/protected/certs/ca: " + own);
    EXPECT_EQ(check(ca_.pem, server_.pem + key_, key_).problems, "/protected/certs/cert: " + own);
    EXPECT_EQ(check(ca_.pem, key_ + server_.pem, key_).problems, "/protected/certs/cert: " + own);
    EXPECT_EQ(check(ca_.pem, server_.pem, key_ + server_.pem).problems,
              "/protected/certs/key: contains a block labelled CERTIFICATE, but only the private key belongs "
              "there; put certificates into certs.cert and certs.ca\n");
    EXPECT_EQ(check(ca_.pem, server_.pem, key_ + indirect_server_key_).problems,
              "/protected/certs/key: contains 2 private keys; keep only that of certs.cert\n");
}

TEST_F(Certificates, AreRefusedWithOtherBlocks) {
    const auto block = [](const std::string& label, const std::string& text) {
        return "-----BEGIN " + label + "-----\n" + text + "-----END " + label + "-----\n";
    };
    const std::string only = ", but only certificates belong there; remove it\n";
    const std::pair<std::string, std::string> table[] = {
        {block("DH PARAMETERS", "AAAA\n"), "contains a block labelled DH PARAMETERS" + only},
        {block("x509 crl", "AAAA\n"), "contains another block" + only},
    };
    for (const auto& [more, problem] : table) {
        EXPECT_EQ(check(ca_.pem + more, server_.pem, key_).problems, "/protected/certs/ca: " + problem);
        EXPECT_EQ(check(ca_.pem, server_.pem + more, key_).problems, "/protected/certs/cert: " + problem);
    }
}

TEST_F(Certificates, AreRefusedWithADamagedBlock) {
    for (const std::string more : {"-----BEGIN CERTIFICATE-----\n*\n-----END CERTIFICATE-----\n",
                                   "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n"})
        EXPECT_EQ(check(ca_.pem + more, server_.pem + more, key_ + more).problems,
                  unreadable("ca") + unreadable("cert") + unreadable("key"));
}

/// Surplus bytes inside the block are hard to see in base64.
TEST_F(Certificates, AreRefusedWithTrailingBytes) {
    const auto longer = [](const std::string& pem) {
        PemBlock block = std::move(pem_blocks(pem).front());
        block.bytes = Secret(std::string(block.bytes.reveal()) + "a key");
        return std::string(pem_of(block).reveal());
    };
    EXPECT_EQ(check(longer(ca_.pem), longer(server_.pem), longer(key_)).problems,
              "/protected/certs/ca: contains an unreadable certificate (number 1)\n"
              "/protected/certs/cert: contains an unreadable certificate (number 1)\n"
              "/protected/certs/key: contains no readable private key\n");
}

TEST_F(Certificates, NeedAMatchingUnencryptedKey) {
    const std::string other = "/protected/certs/key: does not match the (first) certificate in certs.cert\n";
    const std::string encrypted =
        "/protected/certs/key: is encrypted, and dockerd cannot ask for a password; remove it with: openssl "
        "pkey -in key.pem -out plain.pem\n";
    const std::string old_style =
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n"
        "-----END RSA PRIVATE KEY-----\n";
    const std::string parameters =
        "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    EXPECT_EQ(check(ca_.pem, server_.pem, indirect_server_key_).problems, other);
    EXPECT_EQ(check(ca_.pem, intermediate_.pem + server_.pem, key_).problems.find(other) != std::string::npos,
              true);
    EXPECT_EQ(check(ca_.pem, server_.pem, test::key_pem(*server_.key, "hush")).problems, encrypted);
    EXPECT_EQ(check(ca_.pem, server_.pem, old_style).problems, encrypted);
    EXPECT_EQ(check(ca_.pem, server_.pem, parameters + key_).problems, "");
}

TEST_F(Certificates, NeedToBeSignedByTheirCa) {
    const std::string unsigned_text =
        "/protected/certs/cert: is not signed by a certificate in certs.ca; put its issuer there, and "
        "intermediate certificates into certs.cert, below it\n";
    EXPECT_EQ(check(unrelated_ca_.pem, server_.pem, key_).problems, unsigned_text);
    EXPECT_EQ(check(ca_.pem, indirect_server_.pem, indirect_server_key_).problems, unsigned_text);

    const Party fake_ca = test::make_party({.subject = "ca", .basic = "CA:FALSE", .key_usage = ""});
    const Party fake_ca_server = test::make_party({.subject = "fooled"}, &fake_ca);
    EXPECT_EQ(
        check(fake_ca.pem, fake_ca_server.pem, test::key_pem(*fake_ca_server.key)).problems,
        "/protected/certs/ca: contains a certificate that cannot sign others, because it lacks CA:TRUE\n");
}

TEST_F(Certificates, NeedToBeValidWhenNew) {
    const model::WallTime before = sys_days(std::chrono::year(2019) / 12 / 31);
    const model::WallTime last = sys_days(std::chrono::year(2030) / 1 / 1);
    EXPECT_EQ(check_server({.subject = "s"}, last - 1s).problems, "");
    EXPECT_EQ(check_server({.subject = "s"}, last).problems,
              "/protected/certs/cert: expired at 2030-01-01 00:00 UTC\n");
    EXPECT_EQ(check_server({.subject = "s"}, before).problems,
              "/protected/certs/cert: is not valid before 2020-01-01 00:00 UTC\n"
              "/protected/certs/ca: is not valid before 2020-01-01 00:00 UTC\n");
    EXPECT_EQ(check(ca_.pem, indirect_server_.pem + intermediate_.pem, indirect_server_key_,
                    sys_days(std::chrono::year(2029) / 1 / 1))
                  .problems,
              "/protected/certs/cert: is signed by a certificate that expired at 2028-01-01 00:00 UTC\n");
}

TEST_F(Certificates, StayAcceptedWhenTheyExpire) {
    const Outcome outcome = check_server({.subject = "s"}, std::nullopt);
    EXPECT_EQ(outcome.problems, "");
    EXPECT_EQ(
        check(ca_.pem, indirect_server_.pem + intermediate_.pem, indirect_server_key_, std::nullopt).problems,
        "");
}

TEST_F(Certificates, AnExpiredCaNextToAValidOneIsAccepted) {
    const Party old = test::make_authority("old", nullptr, std::chrono::year(2021) / 1 / 1);
    EXPECT_EQ(check(old.pem + ca_.pem, server_.pem, key_).problems, "");
    const Party server = test::make_party({.subject = "s"}, &old);
    EXPECT_EQ(check(old.pem, server.pem, test::key_pem(*server.key)).problems,
              "/protected/certs/ca: expired at 2021-01-01 00:00 UTC\n");
}

TEST_F(Certificates, AreForServers) {
    const std::string purpose =
        "/protected/certs/cert: lacks serverAuth in its extended key usage; reissue it\n";
    const std::string usage = "/protected/certs/cert: lacks digitalSignature in its key usage; reissue it\n";
    EXPECT_EQ(check_server({.subject = "s", .purposes = ""}).problems, "");
    EXPECT_EQ(check_server({.subject = "s", .purposes = "clientAuth,serverAuth"}).problems, "");
    EXPECT_EQ(check_server({.subject = "s", .purposes = "anyExtendedKeyUsage"}).problems, "");
    EXPECT_EQ(check_server({.subject = "s", .purposes = "clientAuth"}).problems, purpose);
    EXPECT_EQ(check_server({.subject = "s", .key_usage = ""}).problems, "");
    EXPECT_EQ(check_server({.subject = "s", .key_usage = "keyEncipherment"}).problems, "");
    EXPECT_EQ(check_server({.subject = "s", .key_usage = "keyCertSign"}).problems, usage);
}

TEST_F(Certificates, WarnAboutWhatClientsMayRefuse) {
    const auto warnings = [&](const CertificateSpec& spec, test::KeyKind kind) {
        const Party server = test::make_party(spec, &ca_, kind);
        const Outcome outcome = check(ca_.pem, server.pem, test::key_pem(*server.key));
        EXPECT_EQ(outcome.problems, "");
        return outcome.facts ? outcome.facts->warnings : std::vector<std::string>{};
    };
    using Warnings = std::vector<std::string>;
    EXPECT_EQ(warnings({.subject = "s"}, test::KeyKind::rsa_2048), Warnings{});
    EXPECT_EQ(warnings({.subject = "s"}, test::KeyKind::ed25519), Warnings{});
    EXPECT_EQ(warnings({.subject = "s"}, test::KeyKind::rsa_1024),
              Warnings{"certs.cert has an RSA key of only 1024 bits; use 2048 or more"});
    EXPECT_EQ(
        warnings({.subject = "s", .names = ""}, test::KeyKind::ec),
        Warnings{"certs.cert has no subject alternative names; most clients, including docker, reject it"});
}

TEST_F(Certificates, NeedAKeyTypeDockerdSupports) {
    const Party server = test::make_party({.subject = "s"}, &ca_, test::KeyKind::ed448);
    EXPECT_EQ(
        check(ca_.pem, server.pem, test::key_pem(*server.key)).problems,
        "/protected/certs/cert: has a key type that dockerd does not support; use RSA, ECDSA or Ed25519\n");
}

TEST_F(Certificates, ReportEverythingAtOnceWithoutTheirContent) {
    const Party client = test::make_party({.subject = "CANARY",
                                           .to = std::chrono::year(2021) / 1 / 1,
                                           .names = "DNS:CANARY",
                                           .purposes = "clientAuth"},
                                          &unrelated_ca_);
    EXPECT_EQ(check(ca_.pem, client.pem, key_).problems,
              "/protected/certs/cert: expired at 2021-01-01 00:00 UTC\n"
              "/protected/certs/cert: lacks serverAuth in its extended key usage; reissue it\n"
              "/protected/certs/key: does not match the (first) certificate in certs.cert\n"
              "/protected/certs/cert: is not signed by a certificate in certs.ca; put its issuer there, and "
              "intermediate certificates into certs.cert, below it\n");
}

TEST(ExpiryWarning, ComesInSteps) {
    const std::chrono::sys_seconds end = sys_days(std::chrono::year(2030) / 1 / 31) + 12h;
    const std::string what = "the engine's TLS certificate ";
    const std::string when = ", at 2030-01-31 12:00 UTC; renew it in certs";
    const std::pair<std::chrono::seconds, std::string> table[] = {
        {24h * 30 + 1s, ""},
        {24h * 30, what + "expires within 30 days" + when},
        {24h * 7 + 1s, what + "expires within 30 days" + when},
        {24h * 7, what + "expires within 7 days" + when},
        {24h + 1s, what + "expires within 7 days" + when},
        {24h, what + "expires within a day" + when},
        {1s, what + "expires within a day" + when},
        {0s, what + "has expired" + when},
        {-24h * 400, what + "has expired" + when},
    };
    for (const auto& [left, text] : table) EXPECT_EQ(expiry_warning(end, end - left).value_or(""), text);
    const std::chrono::sys_seconds never = sys_days(std::chrono::year(9999) / 12 / 31);
    EXPECT_FALSE(expiry_warning(never, today));
}

}  // namespace
}  // namespace dockerext::settings
