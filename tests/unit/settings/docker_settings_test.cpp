#include "settings/settings_parser.hpp"

#include <gtest/gtest.h>

namespace dockerext::settings {
namespace {

using Words = std::vector<std::string>;

Words arguments_of(const std::string& array) {
    const Parsed parsed = parse_settings(R"({"docker": {"options": )" + array + "}}", "");
    EXPECT_EQ(to_text(parsed.problems), "");
    return parsed.settings ? parsed.settings->docker.options : Words{};
}

std::string option_problems(const std::string& array, const std::string& config) {
    return to_text(
        parse_settings(R"({"docker": {"options": )" + array + R"(, "config": )" + config + "}}", "")
            .problems);
}

TEST(EngineOptions, AreOneArgumentEach) {
    const std::pair<const char*, Words> table[] = {
        {R"(["--label", "foo=bar"])", {"--label", "foo=bar"}},
        {R"(["--oom-score-adjust", "-500"])", {"--oom-score-adjust", "-500"}},
        {R"(["--dns 8.8.8.8"])", {"--dns", "8.8.8.8"}},
        {R"(["-D  --dns=8.8.8.8 --ipv6"])", {"-D", "--dns=8.8.8.8", "--ipv6"}},
        {R"(["--dns=8.8.8.8 --ipv6"])", {"--dns=8.8.8.8", "--ipv6"}},
        {R"(["--label=note=two words"])", {"--label=note=two words"}},
        {R"(["--label", "note=two words"])", {"--label", "note=two words"}},
        {"[]", {}},
    };
    for (const auto& [array, arguments] : table) {
        SCOPED_TRACE(array);
        EXPECT_EQ(arguments_of(array), arguments);
    }
}

TEST(EngineOptions, ConflictWithTheirKeyInEverySpelling) {
    const std::pair<const char*, const char*> table[] = {
        {R"(["--debug"])", R"({"debug": true})"},
        {R"(["-D"])", R"({"debug": true})"},
        {R"(["--debug=false"])", R"({"debug": true})"},
        {R"(["--storage-driver", "aufs"])", R"({"storage-driver": "aufs"})"},
        {R"(["-soverlay2"])", R"({"storage-driver": "aufs"})"},
        {R"(["-s=overlay2"])", R"({"storage-driver": "aufs"})"},
        {R"(["-H fd://"])", R"({"hosts": []})"},
        {R"(["--registry-mirror=http://m"])", R"({"registry-mirrors": []})"},
        {R"(["--default-address-pool=base=10.0.0.0/8,size=24"])", R"({"default-address-pools": []})"},
        {R"(["-l", "warn"])", R"({"log-level": "warn"})"},
        {R"(["--tlsverify"])", R"({"tlsverify": true})"},
    };
    for (const auto& [array, config] : table) {
        SCOPED_TRACE(array);
        const std::string problems = option_problems(array, config);
        EXPECT_TRUE(problems.starts_with("/docker/options/0: --")) << problems;
        EXPECT_NE(problems.find(" and /docker/config/"), std::string::npos) << problems;
    }
}

TEST(EngineOptions, AValueIsNotMistakenForAnOption) {
    EXPECT_EQ(option_problems(R"(["--label", "debug", "--dns-search", "hosts"])",
                              R"({"debug": true, "hosts": []})"),
              "");
}

TEST(EngineOptions, ThatNoDockerdKnowsAreRefusedInNewSettingsOnly) {
    const char* const settings =
        R"({"docker": {"options": ["--dbug"], "config": {"log-opts": {"max-size": 10}}}})";
    const Parsed given = parse_settings(settings, "", checks_of_new_settings({}));
    EXPECT_EQ(given.problems.size(), 2U) << to_text(given.problems);
    const Parsed accepted = parse_settings(settings, "");
    EXPECT_EQ(to_text(accepted.problems), "");
    EXPECT_TRUE(accepted.settings);
}

}  // namespace
}  // namespace dockerext::settings
