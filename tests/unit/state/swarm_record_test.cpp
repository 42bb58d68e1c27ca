#include "state/swarm_record.hpp"

#include "support/full_disk.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace dockerext::state {
namespace {

namespace fs = std::filesystem;
using model::SwarmRecord;
using testing::HasSubstr;
using Doing = SwarmRecord::Doing;

model::WallTime seconds(int number) { return model::WallTime(std::chrono::seconds(number)); }

SwarmRecord full_record() {
    return {.cluster = "m01t8e9pym7ouz9kcyjmnu01s",
            .node = "4v2c8k0zqfn2s1x9d7t3b6hpw",
            .had_tokens = true,
            .doing = Doing::join,
            .doing_since = seconds(1'700'000'000),
            .has_departed = true,
            .labels = {"zone", "a \"key\""},
            .down_since = {{"7xk", seconds(1'700'000'001)}, {"9pq", seconds(0)}},
            .stack = {"demo"},
            .is_stack_down = true,
            .attempts = {{"demo_web", "0123"}, {"demo \"api\"", "4567"}},
            .logins = {{"demo_web", "89ab"}}};
}

struct SwarmRecordTest : testing::Test {
    ErrorKind load_error_kind() const {
        const auto record = store.load();
        return record ? ErrorKind::internal : record.error().kind();
    }
    unsigned mode_of(const fs::path& path) const {
        struct stat facts = {};
        return ::stat(path.c_str(), &facts) == 0 ? facts.st_mode & 07777u : 0;
    }

    test::TemporaryFolder folder;
    fs::path file = folder / "swarm.json";
    fs::path previous = folder / "swarm.json.previous";
    SwarmRecordStore store{file};
};

TEST_F(SwarmRecordTest, RoundTrips) {
    for (const SwarmRecord& record :
         {full_record(), SwarmRecord{}, SwarmRecord{.had_tokens = true}, SwarmRecord{.doing = Doing::init}}) {
        ASSERT_TRUE(store.save(record));
        const auto loaded = store.load();
        ASSERT_TRUE(loaded) << loaded.error().message();
        EXPECT_EQ(*loaded, record);
    }
}

TEST_F(SwarmRecordTest, IsEmptyAtFirst) {
    const auto loaded = store.load();
    ASSERT_TRUE(loaded);
    EXPECT_EQ(*loaded, SwarmRecord{});
}

TEST_F(SwarmRecordTest, IsReadableByItsOwnerOnly) {
    ASSERT_TRUE(store.save(full_record()));
    ASSERT_TRUE(store.save(SwarmRecord{}));
    EXPECT_EQ(mode_of(file), 0600U);
    EXPECT_EQ(mode_of(previous), 0600U);
}

TEST_F(SwarmRecordTest, IsInvalidWithAnyFlippedBit) {
    ASSERT_TRUE(store.save(full_record()));
    const std::string whole = test::read_file(file);
    for (std::size_t bit = 0; bit < 8 * whole.size(); bit += 7) {
        std::string flipped = whole;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
        test::write_file(file, flipped);
        ASSERT_EQ(load_error_kind(), ErrorKind::invalid_input) << bit;
    }
}

TEST_F(SwarmRecordTest, IsInvalidWhenTruncatedAnywhere) {
    ASSERT_TRUE(store.save(full_record()));
    const std::string whole = test::read_file(file);
    for (std::size_t size = 0; size < whole.size(); size += 3) {
        test::write_file(file, whole.substr(0, size));
        ASSERT_EQ(load_error_kind(), ErrorKind::invalid_input) << size;
    }
}

/// Whatever decides whether a swarm is initialized has to be there.
TEST_F(SwarmRecordTest, IsInvalidWithoutAnAnswer) {
    const std::string_view table[] = {
        R"({})",
        R"([])",
        R"({"cluster":"","node":"","doing":"nothing"})",
        R"({"cluster":"","hadTokens":true,"doing":"nothing"})",
        R"({"node":"","hadTokens":true,"doing":"nothing"})",
        R"({"cluster":"","node":"","hadTokens":true})",
        R"({"cluster":"","node":"","hadTokens":true,"doing":"dance"})",
        R"({"cluster":"","node":"","hadTokens":1,"doing":"nothing"})",
        R"({"cluster":"","node":"","hadTokens":true,"doing":"join","doingSince":"now"})",
        R"({"cluster":"","node":"","hadTokens":true,"doing":"nothing","downSince":[]})",
        R"({"cluster":"","node":"","hadTokens":true,"doing":"nothing","downSince":{"7xk":"now"}})",
    };
    for (const std::string_view content : table) {
        test::write_file(file, seal(content));
        EXPECT_EQ(load_error_kind(), ErrorKind::invalid_input) << content;
    }
    test::write_file(file, seal(table[0]));
    EXPECT_THAT(store.load().error().message(), HasSubstr("swarm.json': "));
}

TEST_F(SwarmRecordTest, IgnoresMembersOfOtherVersions) {
    test::write_file(file,
                     seal(R"({"cluster":"c","node":"n","hadTokens":false,"doing":"nothing","more":{}})"));
    const auto loaded = store.load();
    ASSERT_TRUE(loaded) << loaded.error().message();
    EXPECT_EQ(*loaded, (SwarmRecord{.cluster = "c", .node = "n"}));
}

TEST_F(SwarmRecordTest, IsInvalidWhenItsFileIsNotRegular) {
    test::write_file(folder / "elsewhere", "");
    fs::create_symlink(folder / "elsewhere", file);
    EXPECT_EQ(load_error_kind(), ErrorKind::invalid_input);
}

TEST_F(SwarmRecordTest, KeepsThePreviousCopyButNeverUsesIt) {
    ASSERT_TRUE(store.save(full_record()));
    ASSERT_TRUE(store.save(SwarmRecord{.had_tokens = true}));
    test::write_file(file, "torn");
    EXPECT_EQ(load_error_kind(), ErrorKind::invalid_input);
    fs::rename(previous, file);
    EXPECT_EQ(store.load().value(), full_record());
}

TEST_F(SwarmRecordTest, ForgetsAlsoThePreviousCopy) {
    ASSERT_TRUE(store.save(full_record()));
    ASSERT_TRUE(store.save(SwarmRecord{.had_tokens = true}));
    ASSERT_TRUE(store.remove());
    EXPECT_FALSE(fs::exists(file) || fs::exists(previous));
    EXPECT_EQ(store.load().value(), SwarmRecord{});
}

TEST_F(SwarmRecordTest, IsOfAnotherVersionToThoseWhoCannotReadIt) {
    test::write_file(file, R"({"version":2,"sha256":"","content":{}})");
    EXPECT_EQ(load_error_kind(), ErrorKind::invalid_input);
    EXPECT_THAT(newer_state(folder.path()).value_or(""), HasSubstr("swarm.json' was written by a newer"));
}

TEST_F(SwarmRecordTest, StaysAsItWasOnAFullDisk) {
    ASSERT_TRUE(store.save(SwarmRecord{.had_tokens = true}));
    {
        const test::FullDisk full(100);
        EXPECT_FALSE(store.save(full_record()));
    }
    EXPECT_EQ(store.load().value(), (SwarmRecord{.had_tokens = true}));
}

}  // namespace
}  // namespace dockerext::state
