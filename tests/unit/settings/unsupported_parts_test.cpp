#include "settings/unsupported_parts.hpp"

#include "authority.hpp"
#include "settings/settings_parser.hpp"

#include <gtest/gtest.h>

namespace dockerext::settings {
namespace {

std::string certs() {
    const test::Party ca = test::make_authority("ca");
    return R"({"certs": )" + test::certs_json(ca, test::make_party({.subject = "server"}, &ca)) + "}";
}

/// The names of the parts, one a line.
std::string names(std::string_view public_text, std::string_view protected_text = "") {
    const Parsed parsed = parse_settings(public_text, protected_text);
    if (!parsed.settings) return to_text(parsed.problems);
    std::string names;
    for (const model::PartStatus& part : unsupported_parts(*parsed.settings)) {
        EXPECT_EQ(part.state, "unsupported");
        names += part.name + "\n";
    }
    return names;
}

TEST(UnsupportedParts, AreNoneWhereEverythingIsApplied) {
    EXPECT_EQ(names("{}"), "");
    EXPECT_EQ(names(R"({"docker": {"install": "distro", "options": [], "config": {}, "insecure-port": true},
        "compose": {"web": {"image": "nginx"}}, "compose-environment": {"A": "b"},
        "azure-environment": "AzureCloud",
        "reconcile": {"interval": "10s", "drift": "report", "unhealthy": "report", "orphans": "keep",
                      "rollback": false}})",
                    R"({"environment": {"C": "d"}, "login": {"username": "", "password": ""}})"),
              "");
    EXPECT_EQ(names(R"({"docker": {"install": "none"}})"), "");
}

TEST(UnsupportedParts, AreNamedOneByOne) {
    const std::array<std::array<std::string, 3>, 12> table{{
        {R"({"docker": {"install": "docker-ce"}})", "", "engine.install\n"},
        {R"({"docker": {"install": {"version": "27"}}})", "", "engine.install\n"},
        {R"({"docker": {"install": {"mirror": "http://m"}}})", "", "engine.install\n"},
        {R"({"docker": {"options": ["-D"]}})", "", "engine.options\n"},
        {R"({"docker": {"config": {"debug": true}}})", "", "engine.config\n"},
        {"{}", certs(), "engine.tls\n"},
        {R"({"docker": {"port": 2376}})", certs(), "engine.tls\nengine.port\n"},
        {R"({"docker": {"port": 2375, "insecure-port": true}})", "", "engine.port\n"},
        {"{}", R"({"login": {"username": "u", "password": "p"}})", "registry.docker.io\n"},
        {"{}", R"({"login": [{"server": "r.example.com", "username": "u", "password": "p"}]})",
         "registry.r.example.com\n"},
        {R"({"azure-environment": "AzureChinaCloud"})", "", "azure-environment\n"},
        {R"({"reconcile": {"rollback": true}})", "", "reconcile.rollback\n"},
    }};
    for (const auto& [public_text, protected_text, wanted] : table) {
        SCOPED_TRACE(public_text + protected_text);
        EXPECT_EQ(names(public_text, protected_text), wanted);
    }
}

TEST(UnsupportedParts, SayWhatIsNotApplied) {
    const auto parts = unsupported_parts(*parse_settings(R"({"docker": {"options": ["-D"]}})", "").settings);
    ASSERT_EQ(parts.size(), 1u);
    EXPECT_EQ(parts[0].message, "accepted, but this version does not apply docker.options yet");
}

}  // namespace
}  // namespace dockerext::settings
