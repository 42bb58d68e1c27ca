#include "state/settings_store.hpp"

#include "state/sealed.hpp"
#include "support/full_disk.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <functional>
#include <vector>

namespace dockerext::state {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

model::Envelope numbered(std::int64_t sequence) {
    return {.source = model::SettingsSource::by_operator,
            .sequence = sequence,
            .public_settings = "{\"docker\": {}} // ü \"quoted\"\n",
            .protected_settings =
                Secret("{\"environment\":{\"A\":\"hidden " + std::to_string(sequence) + "\"}}")};
}

struct Store : testing::Test {
    std::int64_t loaded_sequence() const {
        const auto loaded = store.load();
        return loaded.envelope ? loaded.envelope->sequence : -1;
    }
    void save(std::int64_t sequence) { ASSERT_TRUE(store.save(numbered(sequence))); }

    test::TemporaryFolder folder;
    SettingsStore store{folder.path()};
    fs::path current = folder / "settings.json";
    fs::path previous = folder / "settings.json.previous";
};

TEST_F(Store, IsEmptyAtFirst) {
    const auto loaded = store.load();
    EXPECT_FALSE(loaded.envelope);
    EXPECT_EQ(loaded.warning, "");
    EXPECT_FALSE(loaded.damaged);
}

TEST_F(Store, ReturnsWhatWasSaved) {
    save(7);
    const auto loaded = store.load();
    ASSERT_TRUE(loaded.envelope);
    EXPECT_EQ(loaded.envelope->source, model::SettingsSource::by_operator);
    EXPECT_EQ(loaded.envelope->sequence, 7);
    EXPECT_EQ(loaded.envelope->public_settings, numbered(7).public_settings);
    EXPECT_EQ(loaded.envelope->protected_settings, numbered(7).protected_settings);
    EXPECT_EQ(loaded.warning, "");
}

TEST_F(Store, ReturnsThePreviousSettings) {
    EXPECT_FALSE(store.previous());
    save(7);
    EXPECT_FALSE(store.previous());
    save(8);
    ASSERT_TRUE(store.previous());
    EXPECT_EQ(store.previous()->sequence, 7);
}

TEST_F(Store, RemembersARejectionUntilSettingsAreAccepted) {
    const SettingsStore::Rejection rejection{
        7, model::SettingsSource::by_operator, {{"/nope", "unknown \"key\""}, {"", "x"}}};
    EXPECT_EQ(store.rejection(), std::nullopt);
    ASSERT_TRUE(store.save_rejection(rejection));
    EXPECT_EQ(store.rejection(), rejection);
    save(8);
    EXPECT_EQ(store.rejection(), std::nullopt);
    ASSERT_TRUE(store.save_rejection(rejection));
    ASSERT_TRUE(store.clear());
    EXPECT_EQ(store.rejection(), std::nullopt);
}

TEST_F(Store, IsReadableByItsOwnerOnly) {
    save(1);
    save(2);
    EXPECT_EQ(fs::status(current).permissions(), fs::perms(0600));
    EXPECT_EQ(fs::status(previous).permissions(), fs::perms(0600));
}

TEST_F(Store, UsesThePreviousCopyWhenTheFileIsDamaged) {
    struct Damage {
        std::string name;
        std::function<void(const fs::path&)> damage_file;
        std::string warning;
    };
    const std::vector<Damage> damages{
        {"emptied", [](const fs::path& file) { test::write_file(file, ""); },
         "settings.json is unreadable: empty"},
        {"not ours", [](const fs::path& file) { test::write_file(file, "[1, 2]\n"); },
         "not in this program's format"},
        {"zeroed", [](const fs::path& file) { test::write_file(file, std::string(400, '\0')); },
         "not in this"},
        {"removed", [](const fs::path& file) { fs::remove(file); }, "settings.json is missing"},
        {"a link", [](const fs::path& file) { fs::remove(file), fs::create_symlink("/etc/passwd", file); },
         "symbolic"},
        {"a FIFO", [](const fs::path& file) { fs::remove(file), ::mkfifo(file.c_str(), 0600); }, "a FIFO"},
        {"a folder", [](const fs::path& file) { fs::remove(file), fs::create_directory(file); },
         "a directory"},
        {"too large", [](const fs::path& file) { fs::resize_file(file, 64u << 20); }, "larger than"},
    };
    for (const Damage& damage : damages) {
        SCOPED_TRACE(damage.name);
        fs::remove_all(current);
        save(1);
        save(2);
        damage.damage_file(current);
        const auto loaded = store.load();
        ASSERT_TRUE(loaded.envelope);
        EXPECT_EQ(loaded.envelope->sequence, 1);
        EXPECT_FALSE(loaded.damaged);
        EXPECT_THAT(loaded.warning, HasSubstr(damage.warning));
        EXPECT_THAT(loaded.warning, HasSubstr("using the previous copy"));
        fs::remove_all(current);
        fs::remove_all(previous);
    }
}

TEST_F(Store, IsCurrentOrPreviousWhenTruncatedAnywhere) {
    save(1);
    save(2);
    const std::string whole = test::read_file(current);
    for (std::size_t length = 0; length < whole.size() - 1; ++length) {
        SCOPED_TRACE(length);
        test::write_file(current, whole.substr(0, length));
        ASSERT_EQ(loaded_sequence(), 1);
    }
}

TEST_F(Store, IsCurrentOrPreviousWithAnyFlippedBit) {
    save(1);
    save(2);
    const std::string whole = test::read_file(current);
    for (std::size_t bit = 0; bit < 8 * whole.size(); bit += 3) {
        SCOPED_TRACE(bit);
        std::string flipped = whole;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
        test::write_file(current, flipped);
        ASSERT_EQ(loaded_sequence(), newer_format(flipped) ? -1 : 1);
    }
}

TEST_F(Store, DoesNotFallBackFromANewerVersion) {
    save(1);
    save(2);
    test::write_file(current, R"({"version":2,"sha512":"…","content":{}})");
    const auto loaded = store.load();
    EXPECT_FALSE(loaded.envelope);
    EXPECT_TRUE(loaded.damaged);
    EXPECT_THAT(loaded.warning, HasSubstr("written by a newer dockerextd (format 2, this one reads 1)"));
}

TEST_F(Store, IsDamagedWhenNeitherCopyCanBeRead) {
    save(1);
    save(2);
    test::write_file(current, "");
    test::write_file(previous, "{");
    const auto loaded = store.load();
    EXPECT_FALSE(loaded.envelope);
    EXPECT_TRUE(loaded.damaged);
    EXPECT_THAT(loaded.warning,
                HasSubstr("settings.json is unreadable: empty; settings.json.previous is unreadable"));
}

TEST_F(Store, IsDamagedWhenTheOnlyCopyCannotBeRead) {
    save(1);
    test::write_file(current, "{");
    const auto loaded = store.load();
    EXPECT_TRUE(loaded.damaged);
    EXPECT_THAT(loaded.warning, HasSubstr("settings.json.previous is missing"));
}

TEST_F(Store, DoesNotReplaceTheLastGoodCopyByADamagedFile) {
    save(1);
    save(2);
    test::write_file(current, "");
    save(3);
    test::write_file(current, "");
    EXPECT_EQ(loaded_sequence(), 1);
}

TEST_F(Store, KeepsThePreviousCopyWhenSavingTheSame) {
    save(1);
    save(2);
    save(2);
    test::write_file(current, "");
    EXPECT_EQ(loaded_sequence(), 1);
}

TEST_F(Store, KeepsWhatItHasOnAFullDisk) {
    save(1);
    save(2);
    {
        const test::FullDisk full(100);
        const auto saved = store.save(numbered(3));
        ASSERT_FALSE(saved);
        EXPECT_THAT(saved.error().message(), HasSubstr("write"));
    }
    EXPECT_EQ(loaded_sequence(), 2);
    EXPECT_EQ(store.load().warning, "");
}

TEST_F(Store, RefusesToSaveWhatItCannotRead) {
    auto envelope = numbered(1);
    envelope.public_settings = "\xFF";
    ASSERT_FALSE(store.save(envelope));
    EXPECT_FALSE(store.load().damaged);
}

TEST_F(Store, ForgetsBothCopies) {
    save(1);
    save(2);
    ASSERT_TRUE(store.clear());
    EXPECT_EQ(loaded_sequence(), -1);
    EXPECT_FALSE(store.load().damaged);
    EXPECT_TRUE(fs::is_empty(folder.path()));
    EXPECT_TRUE(store.clear());
}

}  // namespace
}  // namespace dockerext::state
