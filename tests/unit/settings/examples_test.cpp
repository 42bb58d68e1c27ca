#include "authority.hpp"
#include "base/base64.hpp"
#include "settings/settings_parser.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace dockerext::settings {
namespace {

namespace fs = std::filesystem;

/// The file's content, or "" if it does not exist.
std::string read(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

fs::path beside(const fs::path& file, const std::string& ending) {
    return file.parent_path() / (file.stem().string() + ending);
}

/// The public documents of a folder. The protected ones lie beside them, named with `protected_suffix`.
std::vector<fs::path> public_documents(const fs::path& folder, const std::string& protected_suffix) {
    std::vector<fs::path> paths;
    for (const auto& entry : fs::directory_iterator(folder)) {
        const std::string name = entry.path().filename().string();
        if (name.ends_with(".json") && !name.ends_with(protected_suffix)) paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());
    return paths;
}

/// Samples hold placeholders instead of keys; this replaces them by test certificates.
std::string with_certificates(std::string text) {
    const test::Party ca = test::make_authority("authority");
    const test::Party server = test::make_party({.subject = "server"}, &ca);
    const std::pair<std::string, std::string> places[] = {{"base64 of ca.pem", ca.pem},
                                                          {"base64 of cert.pem", server.pem},
                                                          {"base64 of key.pem", test::key_pem(*server.key)}};
    for (const auto& [place, pem] : places) {
        if (const auto found = text.find(place); found != std::string::npos)
            text.replace(found, place.size(), base64(pem));
    }
    return text;
}

/// As new settings.
Parsed parse(const std::string& public_text, const std::string& protected_text) {
    return parse_settings(public_text, protected_text,
                          checks_of_new_settings(std::chrono::system_clock::now()));
}

Parsed parse_documents(const fs::path& document, const std::string& protected_suffix) {
    return parse(read(document), with_certificates(read(beside(document, protected_suffix))));
}

Parsed parse_sample(const std::string& name) {
    return parse_documents(fs::path(CONFIG_EXAMPLES) / (name + ".json"), "-protected.json");
}

void expect_accepted(const fs::path& folder, const std::string& protected_suffix) {
    const auto documents = public_documents(folder, protected_suffix);
    ASSERT_FALSE(documents.empty());
    for (const fs::path& document : documents) {
        SCOPED_TRACE(document);
        const Parsed parsed = parse_documents(document, protected_suffix);
        EXPECT_EQ(to_text(parsed.problems), "");
        EXPECT_TRUE(parsed.settings.has_value());
    }
}

void expect_refused(const fs::path& folder) {
    const auto documents = public_documents(folder, ".protected.json");
    ASSERT_FALSE(documents.empty());
    for (const fs::path& document : documents) {
        SCOPED_TRACE(document);
        const Parsed parsed = parse(read(document), read(beside(document, ".protected.json")));
        EXPECT_EQ(to_text(parsed.problems), read(beside(document, ".problems")));
        EXPECT_FALSE(parsed.settings.has_value());
    }
}

const fs::path examples = SETTINGS_EXAMPLES;

TEST(SettingsExamples, GoodOnesAreAccepted) { expect_accepted(examples / "good", ".protected.json"); }

TEST(SettingsExamples, BadOnesAreRefusedWithEveryProblem) { expect_refused(examples / "bad"); }

TEST(SettingsExamples, BadOnesBeyondTheSchemaToo) { expect_refused(examples / "bad-beyond-schema"); }

TEST(SettingsExamples, EverySampleIsAccepted) { expect_accepted(CONFIG_EXAMPLES, "-protected.json"); }

TEST(SettingsExamples, AMissingCertificateInASampleIsReported) {
    const Parsed parsed = parse_settings("{}", read(fs::path(CONFIG_EXAMPLES) / "tls-protected.json"));
    EXPECT_NE(to_text(parsed.problems).find("/protected/certs/ca: expected a certificate"),
              std::string::npos);
}

TEST(SettingsExamples, TheArticleSampleIsReadCorrectly) {
    const Parsed parsed = parse_sample("article");
    ASSERT_TRUE(parsed.settings) << to_text(parsed.problems);
    const model::Settings& settings = *parsed.settings;
    EXPECT_EQ(settings.docker.options, (std::vector<std::string>{"--storage-driver=aufs", "--debug"}));
    EXPECT_EQ(settings.compose,
              R"({"monitoring":{"image":"google/cadvisor","ports":["8080:8080"],"restart":"always",)"
              R"("volumes":["/:/rootfs:ro","/var/run:/var/run:rw","/sys:/sys:ro",)"
              R"("/var/lib/docker/:/var/lib/docker:ro"]}})");
    ASSERT_TRUE(settings.certificates);
    EXPECT_TRUE(settings.certificates->ca.reveal().starts_with("-----BEGIN CERTIFICATE-----\n"));
    EXPECT_TRUE(settings.certificates->cert.reveal().ends_with("-----END CERTIFICATE-----\n"));
    EXPECT_TRUE(settings.certificates->key.reveal().starts_with("-----BEGIN PRIVATE KEY-----\n"));
    ASSERT_EQ(settings.logins.size(), 1u);
    EXPECT_EQ(settings.logins[0].server, "");
    EXPECT_EQ(std::get<model::PasswordLogin>(settings.logins[0].method).username, "sample-user");
    EXPECT_EQ(std::get<model::PasswordLogin>(settings.logins[0].method).password, Secret("sample-password"));
    EXPECT_EQ(settings.logins[0].email, "sample@example.com");
    EXPECT_EQ(settings.protected_environment.at("SECRET_ENV"), Secret("sample-secret-value"));
}

TEST(SettingsExamples, SettingsOfTheOldExtensionAreReadCorrectly) {
    const Parsed parsed = parse_sample("envdump");
    ASSERT_TRUE(parsed.settings) << to_text(parsed.problems);
    const model::Settings& settings = *parsed.settings;
    EXPECT_EQ(settings.docker.port, 2376);
    EXPECT_EQ(settings.docker.options, (std::vector<std::string>{"--label", "foo=bar"}));
    EXPECT_EQ(settings.compose_environment,
              (std::map<std::string, std::string>{{"COMPOSE_PROJECT_NAME", "test"}}));
    EXPECT_EQ(settings.protected_environment,
              (std::map<std::string, Secret>{{"SECRET_KEY", Secret("SECRET_VALUE")}}));
}

}  // namespace
}  // namespace dockerext::settings
