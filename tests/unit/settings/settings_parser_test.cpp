#include "settings/settings_parser.hpp"

#include <gtest/gtest.h>

namespace dockerext::settings {
namespace {

using namespace std::chrono_literals;

std::string problems_of(std::string_view public_text, std::string_view protected_text = "") {
    return to_text(parse_settings(public_text, protected_text).problems);
}

model::Settings accepted(std::string_view public_text, std::string_view protected_text = "") {
    Parsed parsed = parse_settings(public_text, protected_text);
    EXPECT_EQ(to_text(parsed.problems), "");
    return parsed.settings.value_or(model::Settings{});
}

TEST(SettingsParser, EmptyTextMeansDefaults) {
    for (const std::string_view text : {"", " \r\n\t", "{}", "{ /* nothing */ }", "\xEF\xBB\xBF{}"}) {
        SCOPED_TRACE(text);
        const model::Settings settings = accepted(text, text);
        EXPECT_FALSE(settings.docker.port);
        EXPECT_FALSE(settings.docker.insecure_port);
        EXPECT_TRUE(settings.docker.options.empty());
        EXPECT_EQ(settings.docker.config, "{}");
        EXPECT_EQ(settings.docker.install, model::EngineSource::distro);
        EXPECT_EQ(settings.docker.on_uninstall, model::OnUninstall::keep);
        EXPECT_FALSE(settings.compose);
        EXPECT_EQ(settings.reconcile.interval, 5min);
        EXPECT_TRUE(settings.reconcile.repair);
        EXPECT_TRUE(settings.reconcile.restart_unhealthy);
        EXPECT_TRUE(settings.reconcile.remove_orphans);
        EXPECT_FALSE(settings.reconcile.rollback);
        EXPECT_FALSE(settings.certificates);
        EXPECT_TRUE(settings.logins.empty());
    }
}

TEST(SettingsParser, ReadsTheEnginePart) {
    const model::DockerSettings docker = accepted(R"({"docker": {
        "port": "2375", "insecure-port": true, "config": {"log-driver": "local"},
        "install": {"source": "docker-ce", "version": "5:27.5.1", "mirror": "https://mirror.example.com",
                    "key": "9dc8 5822 9fc7 dd38 854a  e2d8 8d81 803c 0ebf cd88", "on-uninstall": "remove"}}})")
                                             .docker;
    EXPECT_EQ(docker.port, 2375);
    EXPECT_TRUE(docker.insecure_port);
    EXPECT_EQ(docker.config, R"({"log-driver":"local"})");
    EXPECT_EQ(docker.install, model::EngineSource::docker_ce);
    EXPECT_EQ(docker.install_version, "5:27.5.1");
    EXPECT_EQ(docker.install_mirror, "https://mirror.example.com");
    EXPECT_EQ(docker.install_key, "9DC858229FC7DD38854AE2D88D81803C0EBFCD88");
    EXPECT_EQ(docker.on_uninstall, model::OnUninstall::remove);
    EXPECT_EQ(accepted(R"({"docker": {"install": "none"}})").docker.install, model::EngineSource::none);
}

TEST(SettingsParser, ReadsThePolicy) {
    const model::ReconcilePolicy policy = accepted(R"({"reconcile": {
        "drift": "report", "unhealthy": "report", "orphans": "keep", "rollback": false}})")
                                              .reconcile;
    EXPECT_FALSE(policy.repair);
    EXPECT_FALSE(policy.restart_unhealthy);
    EXPECT_FALSE(policy.remove_orphans);
    EXPECT_EQ(policy.rollback, false);
}

TEST(SettingsParser, ReadsIntervals) {
    const std::pair<const char*, std::chrono::seconds> table[] = {
        {"10s", 10s},     {"90s", 90s}, {"5m", 5min},  {"1m30s", 90s},
        {"1h30m", 90min}, {"24h", 24h}, {"0h2m", 2min}};
    for (const auto& [text, interval] : table) {
        SCOPED_TRACE(text);
        const std::string document = R"({"reconcile": {"interval": ")" + std::string(text) + "\"}}";
        EXPECT_EQ(accepted(document).reconcile.interval, interval);
    }
    EXPECT_EQ(accepted(R"({"reconcile": {"monitor": "0s"}})").reconcile.monitor, 0s);
    EXPECT_EQ(accepted(R"({"reconcile": {}})").reconcile.monitor, 10s);
    EXPECT_EQ(accepted(R"({"reconcile": {"rollout-deadline": "15m"}})").reconcile.rollout_deadline, 15min);
    EXPECT_EQ(accepted(R"({"reconcile": {}})").reconcile.rollout_deadline, 5min);
}

TEST(SettingsParser, ReadsWhenNewerImagesMayCome) {
    const auto policy =
        accepted(R"({"reconcile": {"update-window": "Sun 02:00-04:00", "minimum-image-age": "72h"}})")
            .reconcile;
    EXPECT_EQ(policy.update_windows, std::vector{*model::parse_update_window("Sun 02:00-04:00")});
    EXPECT_EQ(policy.minimum_image_age, 72h);
    EXPECT_EQ(accepted(R"({"reconcile": {"update-window": ["02:00-04:00", "Sun 02:00-04:00"]}})")
                  .reconcile.update_windows.size(),
              2U);
    EXPECT_TRUE(accepted(R"({"reconcile": {}})").reconcile.update_windows.empty());
}

TEST(SettingsParser, ReadsWhenImagesAreRemoved) {
    const std::pair<const char*, model::ImagePolicy> table[] = {
        {R"({})", {.keep = std::chrono::days(7), .free_percent = 10}},
        {R"({"keep": "30d"})", {.keep = std::chrono::days(30), .free_percent = 10}},
        {R"({"keep": "12h", "free": "25%"})", {.keep = 12h, .free_percent = 25}},
        {R"({"keep": "never", "free": "0%"})", {.keep = std::nullopt, .free_percent = 0}},
        {R"({"keep": "0s"})", {.keep = 0s, .free_percent = 10}}};
    for (const auto& [text, policy] : table) {
        SCOPED_TRACE(text);
        EXPECT_EQ(accepted(R"({"reconcile": {"images": )" + std::string(text) + "}}").reconcile.images,
                  policy);
    }
}

TEST(SettingsParser, ConvertsEnvironmentScalarsToText) {
    const auto environment =
        accepted(R"({"compose-environment": {"TEXT": "a b", "WHOLE": 80, "LARGE": 18446744073709551615,
        "NEGATIVE": -1, "PART": 1.5, "ON": true, "OFF": false, "EMPTY": ""}})")
            .compose_environment;
    const std::map<std::string, std::string> wanted{
        {"TEXT", "a b"},    {"WHOLE", "80"}, {"LARGE", "18446744073709551615"},
        {"NEGATIVE", "-1"}, {"PART", "1.5"}, {"ON", "true"},
        {"OFF", "false"},   {"EMPTY", ""}};
    EXPECT_EQ(environment, wanted);
}

TEST(SettingsParser, PassesComposeOn) {
    EXPECT_EQ(accepted(R"({"compose": {"web": {"imgae": 1}}})").compose, R"({"web":{"imgae":1}})");
    EXPECT_EQ(accepted(R"({"compose": "web:\n  image: x"})").compose, R"("web:\n  image: x")");
    EXPECT_EQ(accepted(R"({"compose": {}})").compose, "{}");
    EXPECT_EQ(accepted(R"({"compose": " "})").compose, std::nullopt);
}

TEST(SettingsParser, AcceptsEveryCloudName) {
    EXPECT_EQ(accepted(R"({"azure-environment": "AzureChinaCloud"})").azure_environment, "AzureChinaCloud");
    EXPECT_EQ(accepted(R"({"azure-environment": "AzureUSGovernmentCloud"})").azure_environment,
              "AzureUSGovernment");
}

TEST(SettingsParser, RefusesDocumentsThatCannotBeRead) {
    using namespace std::string_view_literals;
    const std::pair<std::string, std::string_view> table[] = {
        {R"({"docker": {}, "docker": {}})", "duplicate key 'docker'"},
        {"{\"compose\": \"" + std::string(2 << 20, 'x') + "\"}", "more than the 1048576 allowed"},
        {"{\"compose\":" + std::string(100'000, '['), "nested deeper than 64 levels"},
        {"{\"azure-environment\": \"\xC3\x28\"}", "a text is not valid UTF-8"},
        {std::string("{}\0{}"sv), "a NUL byte is not allowed"},
        {R"({"azure-environment": "\u0000"})", "a NUL character is not allowed"},
        {R"({"docker": })", "line 1, column 12"},
        {"{} {}", "line 1, column 4"},
        {"// nothing else", "empty"},
    };
    for (const auto& [text, complaint] : table) {
        SCOPED_TRACE(complaint);
        const Parsed parsed = parse_settings(text, text);
        EXPECT_FALSE(parsed.settings);
        ASSERT_EQ(parsed.problems.size(), 2u);
        EXPECT_EQ(parsed.problems[0].path, "");
        EXPECT_EQ(parsed.problems[1].path, "/protected");
        EXPECT_NE(parsed.problems[0].message.find(complaint), std::string::npos)
            << parsed.problems[0].message;
        EXPECT_EQ(parsed.problems[1].message, parsed.problems[0].message);
    }
}

TEST(SettingsParser, DoesNotReportUnreadableCertsAsMissing) {
    EXPECT_EQ(problems_of(R"({"docker": {"port": 2376}})", "{"),
              "/protected: line 1, column 2: Missing a name for object member.\n");
}

}  // namespace
}  // namespace dockerext::settings
