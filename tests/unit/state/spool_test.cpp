#include "state/spool.hpp"

#include "state/envelope_json.hpp"
#include "state/spool_settings.hpp"
#include "support/full_disk.hpp"
#include "support/temporary_folder.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <functional>
#include <thread>
#include <vector>

namespace dockerext::state {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string good = R"({"version":1,"source":"operator","sequence":1,"settings":"{}","protected":""})";

struct SpoolTest : testing::Test {
    SpoolTest() : spool(Spool::open(folder).value()) {}

    static void put_file(const fs::path& path, std::string_view text = good) {
        test::write_file(path, text);
        fs::permissions(path, fs::perms(0600));
    }
    std::vector<std::int64_t> sequences() {
        std::vector<std::int64_t> found;
        for (const auto& entry : spool.list().value()) found.push_back(entry.envelope.sequence);
        return found;
    }
    static std::string single_file_name(const fs::path& folder) {
        return fs::directory_iterator(folder)->path().filename().string();
    }
    static std::size_t count(const fs::path& path) {
        return static_cast<std::size_t>(std::distance(fs::directory_iterator(path), {}));
    }

    test::TemporaryFolder parent;
    fs::path folder = parent / "state/spool";
    fs::path incoming = folder / "new";
    fs::path rejected = folder / "rejected";
    Spool spool;
};

TEST_F(SpoolTest, ReadsTheOldestFirst) {
    for (std::int64_t i = 1; i <= 12; ++i) {
        ASSERT_TRUE(spool_settings(folder, {model::SettingsSource::by_operator, i,
                                            "{\"n\":" + std::to_string(i) + "}", Secret("{\"s\":\"x\"}")}));
    }
    const auto entries = spool.list().value();
    ASSERT_EQ(entries.size(), 12u);
    for (std::size_t i = 0; i < entries.size(); ++i)
        EXPECT_EQ(entries[i].envelope.sequence, static_cast<int>(i) + 1);
    EXPECT_EQ(entries[0].envelope.source, model::SettingsSource::by_operator);
    EXPECT_EQ(entries[0].envelope.public_settings, "{\"n\":1}");
    EXPECT_EQ(entries[0].envelope.protected_settings, Secret("{\"s\":\"x\"}"));
}

TEST_F(SpoolTest, NamesEntriesByOrderWithoutAClock) {
    ASSERT_TRUE(spool_settings(folder, {model::SettingsSource::by_operator, 1, "{}", {}}));
    EXPECT_THAT(single_file_name(incoming), testing::StartsWith("00000000000000000001-"));
    // An earlier version named its entries by the clock, which was set back since.
    fs::rename(incoming / single_file_name(incoming), incoming / "03795562362447643000-0000001-000000.json");
    ASSERT_TRUE(spool_settings(folder, {model::SettingsSource::by_operator, 2, "{}", {}}));
    const auto entries = spool.list().value();
    ASSERT_EQ(entries.size(), 2u);
    EXPECT_EQ(entries[0].envelope.sequence, 1);
    EXPECT_THAT(entries[1].name, testing::StartsWith("03795562362447643001-"));
}

/// An entry gets its name only under the lock, so one that waits for the lock comes after one that arrives
/// meanwhile.
TEST_F(SpoolTest, OrdersConcurrentEntriesByArrival) {
    const UniqueFd held(::open(incoming.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    ASSERT_EQ(::flock(held.get(), LOCK_EX), 0);
    std::thread late([&] {
        EXPECT_TRUE(spool_settings(folder, {model::SettingsSource::by_operator, 2, "{}", {}}));
    });
    while (fs::is_empty(folder / "tmp")) std::this_thread::yield();
    put_file(incoming / "00000000000000000001-first.json");
    ASSERT_EQ(::flock(held.get(), LOCK_UN), 0);
    late.join();
    const auto entries = spool.list().value();
    ASSERT_EQ(entries.size(), 2u);
    EXPECT_EQ(entries[0].envelope.sequence, 1);
    EXPECT_THAT(entries[1].name, testing::StartsWith("00000000000000000002-"));
}

TEST_F(SpoolTest, CanBeFilledWithoutADaemon) {
    const fs::path fresh = parent / "fresh/spool";
    ASSERT_TRUE(spool_settings(fresh, {model::SettingsSource::by_operator, 1, "{}", {}}));
    auto late = Spool::open(fresh).value();
    EXPECT_EQ(late.list()->size(), 1u);
}

TEST_F(SpoolTest, IsForItsOwnerOnly) {
    ASSERT_TRUE(spool_settings(folder, {model::SettingsSource::by_operator, 1, "{}", {}}));
    for (const fs::path& path : {folder.parent_path(), folder, folder / "tmp", incoming, rejected}) {
        EXPECT_EQ(fs::status(path).permissions(), fs::perms(0700)) << path;
    }
    EXPECT_EQ(fs::begin(fs::directory_iterator(incoming))->status().permissions(), fs::perms(0600));
}

TEST_F(SpoolTest, KeepsAnEntryUntilItIsRemoved) {
    put_file(incoming / "a.json");
    EXPECT_THAT(sequences(), ElementsAre(1));
    EXPECT_THAT(sequences(), ElementsAre(1));
    ASSERT_TRUE(spool.remove("a.json"));
    EXPECT_THAT(sequences(), ElementsAre());
    EXPECT_TRUE(spool.remove("a.json"));
}

TEST_F(SpoolTest, RejectsUnsafeEntriesAndReadsTheRest) {
    struct InvalidRecord {
        std::string name;
        std::function<void(const fs::path&)> make;
        std::string reason;
    };
    const auto elsewhere = [this](const fs::path&) { return parent / "elsewhere"; };
    const std::vector<InvalidRecord> cases{
        {"link.json", [&](const fs::path& p) { put_file(elsewhere(p)), fs::create_symlink(elsewhere(p), p); },
         "symbolic"},
        {"dangling.json", [](const fs::path& p) { fs::create_symlink("nowhere", p); }, "symbolic link"},
        {"hard.json",
         [&](const fs::path& p) { put_file(elsewhere(p)), fs::create_hard_link(elsewhere(p), p); },
         "hard link"},
        {"fifo.json", [](const fs::path& p) { ::mkfifo(p.c_str(), 0600); }, "a FIFO"},
        {"folder.json", [](const fs::path& p) { fs::create_directories(p / "with" / "more"); },
         "a directory"},
        {"large.json", [](const fs::path& p) { put_file(p), fs::resize_file(p, envelope_limit + 1); },
         "larger than"},
        {"empty.json", [](const fs::path& p) { put_file(p, ""); }, "empty"},
        {"text.json", [](const fs::path& p) { put_file(p, "docker: {}"); }, "line 1, column 1"},
        {"half.json", [](const fs::path& p) { put_file(p, good.substr(0, 40)); }, "line 1"},
        {"newer.json", [](const fs::path& p) { put_file(p, R"({"version":9})"); }, "version 9"},
        {"open.json", [](const fs::path& p) { put_file(p), fs::permissions(p, fs::perms(0620)); },
         "can write to it"},
        {"open2.json", [](const fs::path& p) { put_file(p), fs::permissions(p, fs::perms(0602)); },
         "can write to it"},
        {".hidden", [](const fs::path& p) { put_file(p); }, "its name"},
        {"sp ace\n.json", [](const fs::path& p) { put_file(p); }, "its name"},
        {"\xFF\x1B[2J", [](const fs::path& p) { put_file(p); }, "its name"},
        {"x.reason", [](const fs::path& p) { put_file(p); }, "its name"},
        {std::string(255, 'n'), [](const fs::path& p) { put_file(p); }, "its name"},
    };
    for (const InvalidRecord& bad : cases) {
        SCOPED_TRACE(bad.name);
        bad.make(incoming / bad.name);
        put_file(incoming / "zz-good.json");
        EXPECT_THAT(sequences(), ElementsAre(1));
        EXPECT_THAT(sequences(), ElementsAre(1));
        EXPECT_EQ(count(incoming), 1u);
        ASSERT_EQ(count(rejected), 2u);
        for (const auto& file : fs::directory_iterator(rejected)) {
            if (file.path().extension() != ".reason") continue;
            EXPECT_THAT(test::read_file(file.path()), HasSubstr(bad.reason));
            EXPECT_TRUE(fs::exists(fs::symlink_status(rejected / file.path().stem())));
        }
        fs::remove_all(parent / "elsewhere");
        for (const auto& file : fs::directory_iterator(rejected)) fs::remove_all(file.path());
    }
}

TEST_F(SpoolTest, LeavesTheNewestEntryToTheNewerVersionThatWroteIt) {
    const std::string newer = R"({"version":9,"settings":[]})";
    put_file(incoming / "a.json");
    put_file(incoming / "b.json", newer);
    EXPECT_THAT(sequences(), ElementsAre(1));
    ASSERT_TRUE(spool.remove("a.json"));
    EXPECT_THAT(sequences(), ElementsAre());
    EXPECT_THAT(spool.newer_entry(), HasSubstr("version 9"));
    EXPECT_EQ(test::read_file(incoming / "b.json"), newer);
    EXPECT_EQ(count(rejected), 0u);

    put_file(incoming / "c.json", newer);  // now the newest
    EXPECT_THAT(sequences(), ElementsAre());
    EXPECT_TRUE(fs::exists(rejected / "b.json"));
    EXPECT_TRUE(fs::exists(incoming / "c.json"));

    put_file(incoming / "d.json");
    EXPECT_THAT(sequences(), ElementsAre(1));
    EXPECT_EQ(spool.newer_entry(), "");
    EXPECT_THAT(test::read_file(rejected / "c.json.reason"), HasSubstr("superseded by newer settings"));
}

TEST_F(SpoolTest, RejectsEntriesOfOtherUsers) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
    put_file(incoming / "foreign.json");
    ASSERT_EQ(::chown((incoming / "foreign.json").c_str(), 12345, 12345), 0);
    EXPECT_THAT(sequences(), ElementsAre());
    EXPECT_THAT(test::read_file(rejected / "foreign.json.reason"), HasSubstr("it belongs to user 12345"));
}

TEST_F(SpoolTest, RenamesARejectionThatExistsAlready) {
    for (int i = 0; i < 3; ++i) {
        put_file(incoming / "a.json", std::to_string(i));
        ASSERT_TRUE(spool.reject("a.json", "reason " + std::to_string(i)));
    }
    EXPECT_EQ(test::read_file(rejected / "a.json"), "0");
    EXPECT_EQ(test::read_file(rejected / "a.json.2"), "2");
    EXPECT_EQ(test::read_file(rejected / "a.json.2.reason"), "reason 2\n");
}

TEST_F(SpoolTest, ReportsWhenARejectionCannotBeKept) {
    fs::remove_all(rejected);
    put_file(incoming / "a.json", "bad");
    EXPECT_FALSE(spool.reject("a.json", "bad"));
    EXPECT_TRUE(fs::exists(incoming / "a.json"));
    EXPECT_TRUE(spool.reject("gone.json", "bad"));
}

TEST_F(SpoolTest, KeepsTheNewestTwentyRejections) {
    for (int i = 10; i < 50; ++i) {
        const std::string name = std::to_string(i) + ".json";
        put_file(incoming / name, "bad");
        ASSERT_TRUE(spool.reject(name, "bad"));
    }
    EXPECT_EQ(count(rejected), 40u);
    EXPECT_TRUE(fs::exists(rejected / "49.json.reason"));
    EXPECT_TRUE(fs::exists(rejected / "30.json"));
    EXPECT_FALSE(fs::exists(rejected / "29.json"));
    EXPECT_FALSE(fs::exists(rejected / "29.json.reason"));
}

TEST_F(SpoolTest, ReadsTenThousandEntriesInBatches) {
    for (int i = 10000; i < 20000; ++i)
        put_file(incoming / (std::to_string(i) + ".json"), i % 2 == 0 ? good : "bad");
    std::string last;
    std::size_t taken = 0;
    for (;;) {
        const auto entries = spool.list().value();
        if (entries.empty()) break;
        ASSERT_LE(entries.size(), 64u);
        for (const auto& entry : entries) {
            ASSERT_LT(last, entry.name);
            last = entry.name;
            fs::remove(incoming / entry.name);
        }
        taken += entries.size();
    }
    EXPECT_EQ(taken, 5000u);
    EXPECT_TRUE(fs::is_empty(incoming));
}

TEST_F(SpoolTest, ReadsALimitedAmountAtATime) {
    for (const char* name : {"1", "2", "3", "4"}) {
        const auto json = to_json({model::SettingsSource::by_operator, 1, std::string(4u << 20, ' '), {}});
        put_file(incoming / name, json->reveal());
    }
    EXPECT_EQ(spool.list()->size(), 2u);
}

TEST_F(SpoolTest, RemovesStaleTemporaryFiles) {
    put_file(folder / "tmp/left.json");
    fs::create_directories(folder / "tmp/odd/folder");
    (void)Spool::open(folder).value();
    EXPECT_TRUE(fs::is_empty(folder / "tmp"));
}

TEST_F(SpoolTest, KeepsTemporaryFilesBeingWritten) {
    put_file(folder / "tmp/growing.json");
    const UniqueFd writer(::open((folder / "tmp").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    ASSERT_EQ(::flock(writer.get(), LOCK_SH), 0);
    (void)Spool::open(folder).value();
    EXPECT_TRUE(fs::exists(folder / "tmp/growing.json"));
}

TEST_F(SpoolTest, LeavesNothingBehindWhenTheDiskIsFull) {
    {
        const test::FullDisk full(20);
        EXPECT_FALSE(spool_settings(folder, {model::SettingsSource::by_operator, 1, "{}", {}}));
    }
    EXPECT_TRUE(fs::is_empty(folder / "tmp"));
    EXPECT_TRUE(fs::is_empty(incoming));
}

TEST_F(SpoolTest, RefusesToSpoolWhatWouldBeRejected) {
    const auto spooled = spool_settings(folder, {model::SettingsSource::by_operator, 1, "\xFF", {}});
    ASSERT_FALSE(spooled);
    EXPECT_EQ(spooled.error().kind(), ErrorKind::invalid_input);
    EXPECT_TRUE(fs::is_empty(incoming));
}

TEST_F(SpoolTest, IsNotOpenedThroughALink) {
    const fs::path other = parent / "other";
    fs::create_directory_symlink(folder, other);
    EXPECT_FALSE(Spool::open(other));
}

}  // namespace
}  // namespace dockerext::state
