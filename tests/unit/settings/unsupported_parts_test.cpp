#include "settings/unsupported_parts.hpp"

#include "settings/settings_parser.hpp"

#include <gtest/gtest.h>

namespace dockerext::settings {
namespace {

/// The names of the parts, one per line.
std::string names(std::string_view public_text, std::string_view protected_text = "") {
    const Parsed parsed = parse_settings(public_text, protected_text);
    if (!parsed.settings) return to_text(parsed.problems);
    std::string names;
    for (const model::PartStatus& part : unsupported_parts(*parsed.settings)) {
        EXPECT_EQ(part.state, model::PartState::unsupported);
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

TEST(UnsupportedParts, AreNamed) {
    EXPECT_EQ(names(R"({"reconcile": {"rollback": true}})"), "reconcile.rollback\n");
}

TEST(UnsupportedParts, SayWhatIsNotApplied) {
    const auto parts =
        unsupported_parts(*parse_settings(R"({"reconcile": {"rollback": true}})", "").settings);
    ASSERT_EQ(parts.size(), 1u);
    EXPECT_EQ(parts[0].message, "accepted, but this version does not apply reconcile.rollback yet");
}

}  // namespace
}  // namespace dockerext::settings
