#include "dockerd/registry_credentials.hpp"

#include <gtest/gtest.h>

namespace dockerext::dockerd {
namespace {

using Servers = std::set<std::string>;
using Text = std::optional<std::string>;

constexpr const char* hub = "https://index.docker.io/v1/";

struct LoginCase {
    const char* name;
    Text present;
    DesiredLogins wanted;
    Servers owned;
    Text text;  ///< nullopt: the file stays unchanged
    const char* expected_messages;
    Servers owned_afterwards;
};

std::string messages_of(const RegistryCredentials& merged) {
    std::string lines;
    for (const model::Change& change : merged.changes) {
        lines += change.field + ": " + change.have + " -> " + change.want + "\n";
    }
    for (const std::string& note : merged.notes) lines += note + "\n";
    return lines;
}

const LoginCase login_cases[] = {
    {"nothing at all", {}, {}, {}, {}, "", {}},
    {"a file of somebody else's is not even looked at", "{,", {}, {}, {}, "", {}},
    {"no file becomes one as docker writes it",
     {},
     {{hub, Secret("QQ==")}, {"r.io", Secret("Qg==")}},
     {},
     "{\n\t\"auths\": {\n\t\t\"https://index.docker.io/v1/\": {\n\t\t\t\"auth\": \"QQ==\"\n\t\t},\n"
     "\t\t\"r.io\": {\n\t\t\t\"auth\": \"Qg==\"\n\t\t}\n\t}\n}",
     "registry.https://index.docker.io/v1/: (unset) -> (our login)\nregistry.r.io: (unset) -> (our login)\n",
     {hub, "r.io"}},
    {"entries and members of others stay as they are",
     R"({"HttpHeaders": {"n": 1.50}, "auths": {"other": {"auth":  "X\/"}}, "experimental": "on"})",
     {{"r.io", Secret("Qg==")}},
     {},
     "{\n\t\"HttpHeaders\": {\"n\": 1.50},\n\t\"auths\": {\n\t\t\"other\": {\"auth\":  \"X\\/\"},\n"
     "\t\t\"r.io\": {\n\t\t\t\"auth\": \"Qg==\"\n\t\t}\n\t},\n\t\"experimental\": \"on\"\n}",
     "registry.r.io: (unset) -> (our login)\n",
     {"r.io"}},
    {"another login gives way, tokens and all",
     R"({"auths": {"r.io": {"auth": "old", "identitytoken": "t"}}})",
     {{"r.io", Secret("Qg==")}},
     {},
     "{\n\t\"auths\": {\n\t\t\"r.io\": {\n\t\t\t\"auth\": \"Qg==\"\n\t\t}\n\t}\n}",
     "registry.r.io: (another login) -> (our login)\n",
     {"r.io"}},
    {"the same login by another hand stays that hand's",
     R"({"auths": {"r.io": {"auth": "Qg=="}}})",
     {{"r.io", Secret("Qg==")}},
     {},
     {},
     "",
     {}},
    {"ours stays ours",
     R"({"auths": {"r.io": {"auth": "Qg=="}}})",
     {{"r.io", Secret("Qg==")}},
     {"r.io"},
     {},
     "",
     {"r.io"}},
    {"only what is ours goes",
     R"({"auths": {"r.io": {"auth": "Qg=="}, "s.io": {"auth": "X"}}})",
     {},
     {"r.io", "gone.io"},
     "{\n\t\"auths\": {\n\t\t\"s.io\": {\"auth\": \"X\"}\n\t}\n}",
     "registry.r.io: (our login) -> (unset)\n",
     {}},
    {"what a helper keeps is left to it",
     R"({"auths": {"r.io": {"auth": "Qg=="}}, "credHelpers": {"r.io": "acr-env", "s.io": ""}})",
     {{"r.io", Secret("Qg==")}, {"s.io", Secret("Uw==")}},
     {"r.io"},
     "{\n\t\"auths\": {\n\t\t\"s.io\": {\n\t\t\t\"auth\": \"Uw==\"\n\t\t}\n\t},\n"
     "\t\"credHelpers\": {\"r.io\": \"acr-env\", \"s.io\": \"\"}\n}",
     "registry.s.io: (unset) -> (our login)\nregistry.r.io: (our login) -> (unset)\n"
     "docker's config.json delegates r.io to the credential helper acr-env: the login is used for pulls by "
     "dockerextd, and not written there\n",
     {"s.io"}},
    {"what a store keeps is left to it",
     R"({"credsStore": "pass"})",
     {{"r.io", Secret("Qg==")}},
     {},
     {},
     "docker's config.json delegates r.io to the credential store pass: the login is used for pulls by "
     "dockerextd, and not written there\n",
     {}},
};

TEST(RegistryCredentials, AreMergedEntryByEntry) {
    for (const LoginCase& one : login_cases) {
        SCOPED_TRACE(one.name);
        const auto merged = merge_credentials(one.present, one.wanted, one.owned);
        ASSERT_TRUE(merged) << merged.error().message();
        EXPECT_EQ(merged->text ? Text(merged->text->reveal()) : Text(), one.text);
        EXPECT_EQ(messages_of(*merged), one.expected_messages);
        EXPECT_EQ(merged->owned, one.owned_afterwards);
    }
}

TEST(RegistryCredentials, MergingIsIdempotent) {
    for (const LoginCase& one : login_cases) {
        if (!one.text) continue;
        SCOPED_TRACE(one.name);
        const auto merged = merge_credentials(one.present, one.wanted, one.owned);
        const auto again = merge_credentials(merged->text->reveal(), one.wanted, merged->owned);
        ASSERT_TRUE(again) << again.error().message();
        EXPECT_FALSE(again->text);
        EXPECT_EQ(again->owned, merged->owned);
    }
}

TEST(RegistryCredentials, AnUnreadableFileIsNotTouched) {
    constexpr const char* left =
        "; the file is left unchanged, and logins are not written to it: fix or remove it";
    const std::pair<const char*, std::string> table[] = {
        {R"({"auths": {"r.io": {"auth": "CANARY"})",
         "line 1, column 38: Missing a comma or '}' after an object member."},
        {R"({"auths": ["CANARY"]})", "/auths: expected object, found array"},
        {R"(["CANARY"])", "/: expected object, found array"},
    };
    for (const auto& [present, complaint] : table) {
        const auto merged = merge_credentials(present, {{"r.io", Secret("CANARY")}}, {});
        ASSERT_FALSE(merged);
        EXPECT_EQ(merged.error().kind(), ErrorKind::invalid_input);
        EXPECT_EQ(merged.error().message(), complaint + left);
    }
}

}  // namespace
}  // namespace dockerext::dockerd
