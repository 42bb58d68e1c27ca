#include "bundle/bundle.hpp"

#include "bundle/archive.hpp"
#include "bundle/collect.hpp"
#include "state/settings_store.hpp"
#include "support/run.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <zstd.h>

#include <map>

namespace dockerext::bundle {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

std::string unpacked(const fs::path& path) {
    const std::string packed = test::read_file(path);
    std::string tar(std::size_t{64} << 20, '\0');
    const std::size_t size = ZSTD_decompress(tar.data(), tar.size(), packed.data(), packed.size());
    EXPECT_EQ(ZSTD_isError(size), 0U) << ZSTD_getErrorName(size);
    tar.resize(ZSTD_isError(size) != 0 ? 0 : size);
    return tar;
}

struct Bundle : testing::Test {
    test::TemporaryFolder root;
    state::Paths paths{root.path()};
    model::BundleRequest request{.root = root.path(),
                                 .docker_host = "unix://" + (root / "none.sock").string(),
                                 .file = root / "bundle.tar.zst"};

    void store(const std::string& secret) const {
        fs::create_directories(paths.state);
        state::SettingsStore settings(paths.state);
        const Secret document(R"({"environment":{"P":")" + secret + "\"}}");
        ASSERT_TRUE(settings.save({.public_settings = "{}", .protected_settings = document}));
    }
};

TEST_F(Bundle, HidesSecretsAndNamesWhatIsMissing) {
    store("hunter-22-hunter");
    request.parts = {{"status.json", std::string("a hunter-22-hunter b http://me:pw@proxy")},
                     {"plan.json", Error(ErrorKind::unavailable, "refused hunter-22-hunter")}};
    const auto report = write_bundle(request);
    ASSERT_TRUE(report) << report.error().message();
    EXPECT_THAT(report->missing, Contains("plan.json: refused (hidden)"));
    EXPECT_THAT(report->missing, Contains(HasSubstr("engine/info.json: ")));
    EXPECT_THAT(report->missing, Contains(HasSubstr("journal/dockerextd.log: another root")));
    const std::string tar = unpacked(request.file);
    EXPECT_THAT(tar, HasSubstr("a (hidden) b http://(hidden)@proxy"));
    EXPECT_THAT(tar, HasSubstr(R"x({"name":"plan.json","missing":"refused (hidden)"})x"));
    EXPECT_THAT(tar, Not(HasSubstr("hunter-22")));
    struct stat facts = {};
    ASSERT_EQ(::stat(request.file.c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777U, 0600U);
    EXPECT_EQ(static_cast<std::uint64_t>(facts.st_size), report->bytes);
}

TEST_F(Bundle, OverwritesNothing) {
    test::write_file(request.file, "mine");
    const auto refused = write_bundle(request);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message(), HasSubstr("exists already"));
    EXPECT_EQ(test::read_file(request.file), "mine");
}

TEST_F(Bundle, IsNotMadeIfTheSecretsAreUnknown) {
    fs::create_directories(paths.state);
    test::write_file(paths.state / "settings.json", "garbage");
    EXPECT_FALSE(write_bundle(request));
    EXPECT_FALSE(fs::exists(request.file));
}

TEST_F(Bundle, IsBounded) {
    for (int i = 0; i < 7; ++i)
        request.parts.push_back({"part" + std::to_string(i), std::string(part_size, 'x')});
    request.parts.push_back({"huge", std::string(2 * part_size + 1, 'y')});
    const auto report = write_bundle(request);
    ASSERT_TRUE(report) << report.error().message();
    EXPECT_THAT(report->missing, Contains("part6: the bundle is full"));
    EXPECT_THAT(report->missing, Contains(HasSubstr("huge: too large")));
    EXPECT_LT(unpacked(request.file).size(), std::size_t{50} << 20);
}

TEST_F(Bundle, HasTheAgentsLinesAboutUs) {
    fs::create_directories(root / "var/log/azure/A.B");
    test::write_file(root / "var/log/azure/A.B/CommandExecution.log", "enable\n");
    test::write_file(root / "var/log/waagent.log", "one A.B\nother\ntwo A.B");
    const Sources sources{.root = root.path(), .handler = "A.B"};
    asio::io_context io;
    std::map<std::string, std::string> texts;
    for (const model::BundlePart& part : test::run(io, collect_files(sources))) {
        if (part.text) texts[part.name] = *part.text;
    }
    EXPECT_EQ(texts["azure/CommandExecution.log"], "enable\n");
    EXPECT_EQ(texts["azure/waagent.log"], "one A.B\ntwo A.B\n");
}

TEST_F(Bundle, StopsReadingLogsWhenItIsFull) {
    fs::create_directories(root / "var/log/azure/A.B");
    for (int i = 0; i < 9; ++i) {
        const fs::path log = root / ("var/log/azure/A.B/" + std::to_string(i) + ".log");
        test::write_file(log, "");
        fs::resize_file(log, part_size);
    }
    const Sources sources{.root = root.path(), .handler = "A.B"};
    asio::io_context io;
    const Parts parts = test::run(io, collect_files(sources));
    EXPECT_EQ(parts.back().name, "azure/7.log and those after it");
    EXPECT_EQ(parts.back().text.error().message(), "the bundle is full");
}

TEST(WouldStartEngine, IfSystemdListensForAStoppedService) {
    const auto is_started = [](const std::string& socket, const std::string& service) {
        return would_start_engine("Id=docker.socket\nActiveState=active\nSubState=" + socket +
                                  "\n\nId=docker.service\nActiveState=" + service + "\nSubState=x\n");
    };
    EXPECT_TRUE(is_started("listening", "inactive"));
    EXPECT_TRUE(is_started("listening", "failed"));
    EXPECT_FALSE(is_started("running", "active"));
    EXPECT_FALSE(is_started("listening", "activating"));
    EXPECT_FALSE(is_started("dead", "inactive"));
    EXPECT_FALSE(would_start_engine(""));
}

TEST(WithoutMargin, CutsAtALine) {
    EXPECT_EQ(without_margin("secret end\nline one\nline two\n", 3), "line one\nline two\n");
    EXPECT_EQ(without_margin("short", 10), "");
    EXPECT_EQ(without_margin("", 0), "");
}

TEST(Archive, FailsWhereNothingCanBeWritten) { EXPECT_FALSE(write_archive("/proc/none/x", {}, {})); }

}  // namespace
}  // namespace dockerext::bundle
