#include "settings/settings_parser.hpp"

#include "authority.hpp"

#include <gtest/gtest.h>

namespace dockerext::settings {
namespace {

model::Settings accepted_protected(std::string_view protected_text) {
    Parsed parsed = parse_settings("{}", protected_text);
    EXPECT_EQ(to_text(parsed.problems), "");
    return parsed.settings.value_or(model::Settings{});
}

TEST(ProtectedSettings, NoProblemRepeatsAValue) {
    const char* const table[] = {
        R"({"environment": "CANARY"})",
        R"({"environment": ["CANARY"]})",
        R"({"environment": {"A": ["CANARY"], "B": {"C": "CANARY"}, "": "CANARY", "D=": "CANARY"}})",
        R"({"environment": {"A": "CANARY", "A": "CANARY"}})",
        R"({"environment": {"A": "CANARY)",
        R"({"environment": {"A": "CANARY\u0000"}})",
        R"({"environment": {"A": CANARY}})",
        R"({"enviroment": {"A": "CANARY"}})",
        R"({"certs": "CANARY"})",
        R"({"certs": {"ca": "CANARY", "cert": "CANARY==", "key": "-----BEGIN CANARY"}})",
        R"({"certs": {"ca": "Q0FOQVJZ", "cert": "Q0FOQVJZ", "key": "Q0FOQVJZ"}})",
        R"({"certs": {"ca": ["CANARY"], "crt": "CANARY"}})",
        R"({"login": "CANARY"})",
        R"({"login": ["CANARY"]})",
        R"({"login": {"user": "CANARY", "password": "CANARY"}})",
        R"({"login": {"username": "CANARY", "password": {"a": "CANARY"}}})",
        R"({"login": {"server": "CANARY CANARY", "username": "CANARY", "password": "CANARY"}})",
        R"({"login": {"server": "CANARY", "identity": "CANARY", "username": "CANARY"}})",
        R"({"login": [{"server": "CANARY", "username": "CANARY", "password": "CANARY"},
                      {"server": "CANARY", "username": "CANARY", "password": "CANARY"}]})",
        R"(["CANARY"])",
        R"("CANARY")",
        "CANARY",
    };
    for (const char* const text : table) {
        SCOPED_TRACE(text);
        const Parsed parsed = parse_settings("{}", text);
        EXPECT_FALSE(parsed.problems.empty());
        EXPECT_EQ(to_text(parsed.problems).find("CANARY"), std::string::npos) << to_text(parsed.problems);
        EXPECT_EQ(to_text(parsed.problems).find("Q0FOQVJZ"), std::string::npos) << to_text(parsed.problems);
        for (const Problem& problem : parsed.problems) EXPECT_TRUE(problem.path.starts_with("/protected"));
    }
}

TEST(ProtectedSettings, ReadsPemInEveryEncoding) {
    const test::Party ca = test::make_authority("ca");
    const test::Party server = test::make_party({.subject = "server"}, &ca);
    for (const std::string& certs : {test::certs_json(ca, server), test::base64_certs_json(ca, server)}) {
        const auto certificates = accepted_protected(R"({"certs": )" + certs + "}").certificates;
        ASSERT_TRUE(certificates);
        EXPECT_EQ(certificates->ca.reveal(), ca.pem);
        EXPECT_EQ(certificates->cert.reveal(), server.pem);
        EXPECT_EQ(certificates->key.reveal(), test::key_pem(*server.key));
    }
}

TEST(ProtectedSettings, CertificatesMustBeValidInNewSettings) {
    const test::Party ca = test::make_authority("ca");
    const test::Party server = test::make_party({.subject = "server"}, &ca);
    const std::string secrets = R"({"certs": )" + test::certs_json(ca, server) + "}";
    const model::WallTime late = std::chrono::sys_days(std::chrono::year(2031) / 1 / 1);
    EXPECT_EQ(to_text(parse_settings("{}", secrets, checks_of_new_settings(late)).problems),
              "/protected/certs/cert: expired at 2030-01-01 00:00 UTC\n");
    EXPECT_TRUE(parse_settings("{}", secrets).settings);
}

TEST(ProtectedSettings, ReadsOneLoginOrMany) {
    const auto one =
        accepted_protected(R"({"login": {"username": "u", "password": "p", "email": "e"}})").logins;
    ASSERT_EQ(one.size(), 1u);
    EXPECT_EQ(std::get<model::PasswordLogin>(one[0].method).password, Secret("p"));

    const auto many =
        accepted_protected(
            R"({"login": [{"username": "u", "password": "p"}, {"server": "r.azurecr.io", "identity": "system"}]})")
            .logins;
    ASSERT_EQ(many.size(), 2u);
    EXPECT_EQ(many[1].server, "r.azurecr.io");
    EXPECT_EQ(std::get<model::IdentityLogin>(many[1].method).identity, "system");
}

TEST(ProtectedSettings, ARegistryIsTheSameUnderAllItsNames) {
    const char* const table[] = {
        R"([{"username": "u", "password": "p"}, {"server": "docker.io", "username": "u", "password": "p"}])",
        R"([{"server": "r.io", "username": "u", "password": "p"},
            {"server": "https://R.io/v2/", "username": "u", "password": "p"}])",
    };
    for (const char* const logins : table) {
        EXPECT_EQ(to_text(parse_settings("{}", R"({"login": )" + std::string(logins) + "}").problems),
                  "/protected/login/1: a second login to the same server\n");
    }
}

TEST(ProtectedSettings, TreatsEmptyParametersAsAbsent) {
    const auto settings = accepted_protected(R"({"certs": {"ca": "", "cert": "", "key": ""},
        "login": [{"server": "r", "username": "", "password": ""}, {"username": "", "email": ""}, {}]})");
    EXPECT_FALSE(settings.certificates);
    EXPECT_TRUE(settings.logins.empty());
}

}  // namespace
}  // namespace dockerext::settings
