#include "settings/settings_parser.hpp"

#include <gtest/gtest.h>

namespace dockerext::settings {
namespace {

model::Settings accepted(std::string_view protected_text) {
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

TEST(ProtectedSettings, ReadsPemInEveryWrapping) {
    const char* const table[] = {
        R"({"certs": {"ca": "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n",
                      "cert": "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n",
                      "key": "-----BEGIN RSA PRIVATE KEY-----\nAA==\n-----END RSA PRIVATE KEY-----\n"}})",
        R"({"certs": {"ca": "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCkFBPT0KLS0tLS1FTkQgQ0VSVElGSUNBVEUt)"
        R"(LS0tLQo=",
                      "cert": "\nLS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCkFB\r\nPT0KLS0tLS1FTkQgQ0VSVElGSUNB)"
        R"(VEUtLS0tLQo=\n",
                      "key": "LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQpBQT09Ci0tLS0tRU5EIFJTQSBQUklW)"
        R"(QVRFIEtFWS0tLS0tCg=="}})",
    };
    for (const char* const text : table) {
        const auto certificates = accepted(text).certificates;
        ASSERT_TRUE(certificates);
        EXPECT_EQ(certificates->ca.reveal(),
                  "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n");
        EXPECT_EQ(certificates->cert, certificates->ca);
        EXPECT_EQ(certificates->key.reveal(),
                  "-----BEGIN RSA PRIVATE KEY-----\nAA==\n-----END RSA PRIVATE KEY-----\n");
    }
}

TEST(ProtectedSettings, ReadsOneLoginOrMany) {
    const auto one = accepted(R"({"login": {"username": "u", "password": "p", "email": "e"}})").logins;
    ASSERT_EQ(one.size(), 1u);
    EXPECT_EQ(one[0].password, Secret("p"));

    const auto many =
        accepted(R"({"login": [{"username": "u", "password": "p"}, {"server": "r", "identity": "system"}]})")
            .logins;
    ASSERT_EQ(many.size(), 2u);
    EXPECT_EQ(many[1].server, "r");
    EXPECT_EQ(many[1].identity, "system");
}

TEST(ProtectedSettings, TakesEmptyParametersForAbsent) {
    const auto settings = accepted(R"({"certs": {"ca": "", "cert": "", "key": ""},
        "login": [{"server": "r", "username": "", "password": ""}, {"username": "", "email": ""}, {}]})");
    EXPECT_FALSE(settings.certificates);
    EXPECT_TRUE(settings.logins.empty());
}

}  // namespace
}  // namespace dockerext::settings
