#include "state/host_record.hpp"

#include "state/sealed.hpp"
#include "support/full_disk.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace dockerext::state {
namespace {

namespace fs = std::filesystem;
using model::ChangeEngine;
using testing::HasSubstr;
using testing::Not;

std::string every_byte() {
    std::string bytes;
    for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
    return bytes;
}

model::Ownership some_ownership() {
    return {
        .config_keys = {{"log-driver", "\"json-file\""}, {"a \"key\"", std::nullopt}, {"", "{\"b\":[1]}"}},
        .logins = {"registry.example", "https://index.docker.io/v1/"},
        .drop_in = true,
        .certificates = true,
        .pinned_version = model::PinnedVersion{model::EngineSource::docker_ce, "5:27.5"},
        .installed = {.packages = {"docker-ce", "docker-ce-cli"}, .files = {"/etc/apt/keyrings/docker.asc"}}};
}

ChangeEngine some_change() {
    const std::string pem = "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n";
    return {.files = {{"/etc/docker/key.pem", Secret(pem), 0600},
                      {"/etc/docker/daemon.json", Secret(every_byte()), 0640},
                      {"/etc/docker/ca.pem", Secret(""), 04644},
                      {"/etc/docker/cert.pem", std::nullopt, 0644}},
            .effect = ChangeEngine::Effect::restart,
            .units_changed = true,
            .owned = {.config_keys = {{"debug", "true"}}, .drop_in = true},
            .fingerprint = "5f2d9a1a"};
}

HostRecord full_host_record() {
    return {.owned = some_ownership(),
            .refused = "77aa",
            .refusal = "unknown flag: --nope\n\"ü\"",
            .undo = some_change()};
}

std::string contents(std::string_view undo) {
    return R"({"owned":{"logins":["a"]},"undo":)" + std::string(undo) + "}";
}

struct HostRecordTest : testing::Test {
    ErrorKind load_error_kind() const {
        const auto memory = store.load();
        return memory ? ErrorKind::internal : memory.error().kind();
    }
    std::string load_error() const {
        const auto memory = store.load();
        return memory ? "" : memory.error().message();
    }
    unsigned mode_of(const fs::path& path) const {
        struct stat facts = {};
        return ::stat(path.c_str(), &facts) == 0 ? facts.st_mode & 07777u : 0;
    }

    test::TemporaryFolder folder;
    fs::path file = folder / "host.json";
    HostRecordStore store{file};
    fs::path previous = folder / "host.json.previous";
};

TEST_F(HostRecordTest, RoundTrips) {
    HostRecord without_undo = full_host_record();
    without_undo.undo.reset();
    for (const HostRecord& memory : {full_host_record(), without_undo, HostRecord{}}) {
        ASSERT_TRUE(store.save(memory));
        const auto loaded = store.load();
        ASSERT_TRUE(loaded) << loaded.error().message();
        EXPECT_EQ(*loaded, memory);
    }
}

TEST_F(HostRecordTest, KeepsEveryEffect) {
    for (const auto effect :
         {ChangeEngine::Effect::none, ChangeEngine::Effect::reload, ChangeEngine::Effect::restart}) {
        const HostRecord memory{
            .owned = {}, .refused = "", .refusal = "", .undo = ChangeEngine{.effect = effect}};
        ASSERT_TRUE(store.save(memory));
        EXPECT_EQ(store.load().value(), memory);
    }
}

TEST_F(HostRecordTest, KeepsTheLargestFiles) {
    HostRecord memory = full_host_record();
    memory.undo->files.assign(7, {"/etc/docker/ca.pem", Secret(std::string(std::size_t{1} << 20, '\xFF'))});
    ASSERT_TRUE(store.save(memory));
    EXPECT_TRUE(store.load() && *store.load() == memory);
}

TEST_F(HostRecordTest, IsNotFoundAtFirst) { EXPECT_EQ(load_error_kind(), ErrorKind::not_found); }

TEST_F(HostRecordTest, IsReadableByItsOwnerOnly) {
    ASSERT_TRUE(store.save(HostRecord{}));
    ASSERT_TRUE(store.save(full_host_record()));
    ASSERT_TRUE(store.save(HostRecord{}));
    EXPECT_EQ(mode_of(file), 0600U);
    EXPECT_EQ(mode_of(previous), 0600U);
}

TEST_F(HostRecordTest, HidesContentsInItsErrors) {
    test::write_file(file, seal(contents(R"({"files":[{"path":"/p","content":"hidden!","mode":420}]})")));
    EXPECT_THAT(load_error(), HasSubstr("not base64"));
    EXPECT_THAT(load_error(), Not(HasSubstr("hidden")));
}

TEST_F(HostRecordTest, IsInvalidWithAnyFlippedBit) {
    ASSERT_TRUE(store.save(full_host_record()));
    const std::string whole = test::read_file(file);
    for (std::size_t bit = 0; bit < 8 * whole.size(); bit += 7) {
        SCOPED_TRACE(bit);
        std::string flipped = whole;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
        test::write_file(file, flipped);
        ASSERT_EQ(load_error_kind(), ErrorKind::invalid_input);
    }
}

TEST_F(HostRecordTest, IsInvalidWhenTruncatedAnywhere) {
    ASSERT_TRUE(store.save(full_host_record()));
    const std::string whole = test::read_file(file);
    for (std::size_t size = 0; size < whole.size(); size += 3) {
        test::write_file(file, whole.substr(0, size));
        ASSERT_EQ(load_error_kind(), ErrorKind::invalid_input) << size;
    }
}

TEST_F(HostRecordTest, IsInvalidWithAnUndoThatCannotBeDone) {
    const std::string_view table[] = {
        R"("x")",
        R"({"effect":"none"})",
        R"({"files":[],"effect":"explode"})",
        R"({"files":[]})",
        R"({"files":[{"mode":420}],"effect":"none"})",
        R"({"files":[{"path":"/p"}],"effect":"none"})",
        R"({"files":[{"path":"/p","mode":4096}],"effect":"none"})",
        R"({"files":[{"path":"/p","mode":-1}],"effect":"none"})",
        R"({"files":[{"path":"/p","mode":420,"content":7}],"effect":"none"})",
        R"({"files":[],"effect":"none","owned":{"configKeys":{"a":1}}})",
        R"({"files":[],"effect":"none","owned":[]})",
    };
    for (const std::string_view undo : table) {
        test::write_file(file, seal(contents(undo)));
        EXPECT_EQ(load_error_kind(), ErrorKind::invalid_input) << undo;
    }
}

TEST_F(HostRecordTest, IgnoresMembersOfOtherVersions) {
    test::write_file(file, seal(R"({"owned":{"logins":["a"],"more":1},"more":{}})"));
    const auto loaded = store.load();
    ASSERT_TRUE(loaded) << loaded.error().message();
    EXPECT_EQ(*loaded, (HostRecord{.owned = {.logins = {"a"}}}));
}

TEST_F(HostRecordTest, IsInvalidWhenItsFileIsNotRegular) {
    fs::create_directory(file);
    EXPECT_EQ(load_error_kind(), ErrorKind::invalid_input);
    fs::remove(file);
    test::write_file(folder / "elsewhere", seal("{}"));
    fs::create_symlink(folder / "elsewhere", file);
    EXPECT_EQ(load_error_kind(), ErrorKind::invalid_input);
}

TEST_F(HostRecordTest, KeepsThePreviousCopyButNeverUsesIt) {
    ASSERT_TRUE(store.save(full_host_record()));
    ASSERT_TRUE(store.save(HostRecord{}));
    test::write_file(file, "torn");
    EXPECT_EQ(load_error_kind(), ErrorKind::invalid_input);
    fs::rename(previous, file);
    EXPECT_EQ(store.load().value(), full_host_record());
}

TEST_F(HostRecordTest, KeepsTheLastGoodCopyNextToADamagedOne) {
    ASSERT_TRUE(store.save(full_host_record()));
    ASSERT_TRUE(store.save(HostRecord{}));
    test::write_file(file, "torn");
    ASSERT_TRUE(store.save(HostRecord{.refused = "1"}));
    fs::rename(previous, file);
    EXPECT_EQ(store.load().value(), full_host_record());
}

TEST_F(HostRecordTest, StaysAsItWasOnAFullDisk) {
    ASSERT_TRUE(store.save(HostRecord{}));
    {
        const test::FullDisk full(100);
        EXPECT_FALSE(store.save(full_host_record()));
    }
    EXPECT_EQ(store.load().value(), HostRecord{});
}

}  // namespace
}  // namespace dockerext::state
