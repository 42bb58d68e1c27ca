#include "state/journal.hpp"

#include "base/spawn.hpp"
#include "support/full_disk.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <vector>

namespace dockerext::state {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using Status = JournalEntry::Status;

constexpr model::WallTime written_at{1'700'000'000'123'456'789ns};

JournalEntry step(const std::string& object, model::WallTime time = written_at) {
    return {.cycle = 4,
            .time = time,
            .verb = "create container",
            .subject = {model::Subject::Kind::network, "web-1"},
            .service = "web",
            .object = object,
            .reason = "memory changed",
            .changes = {{"memory", "64m", "128m"}, {"ports", "", "80:80"}}};
}

std::vector<std::string> told(const std::vector<JournalEntry>& entries) {
    std::vector<std::string> texts;
    for (const auto& entry : entries)
        texts.push_back(entry.object + " " + std::string(to_string(entry.status)));
    return texts;
}

struct JournalTest : testing::Test {
    Journal open() const { return Journal::open(folder.path()).value(); }
    static std::vector<std::string> all(const Journal& journal) { return told(journal.recent()); }
    static std::uint64_t begin(Journal& journal, const std::string& object) {
        return journal.begin(step(object)).value();
    }
    static void run(Journal& journal, const std::string& object) {
        ASSERT_TRUE(journal.end(begin(journal, object), Status::done, "", 5ms));
    }

    /// With "…" if older ones match, too.
    static std::vector<std::string> find(const Journal& journal, HistoryQuery query) {
        asio::io_context io;
        const auto page = run_alone(io, journal.find(std::move(query)));
        EXPECT_TRUE(page);
        std::vector<std::string> found = told(page->entries);
        if (page->more) found.emplace_back("…");
        return found;
    }
    /// While the disk is full.
    static void run_unwritten(Journal& journal, const std::string& object) {
        (void)journal.begin(step(object));  // reports it
        run(journal, object);
    }

    test::TemporaryFolder folder;
    fs::path file = folder / "journal";
};

TEST_F(JournalTest, RemembersStepsOverARestart) {
    {
        auto journal = open();
        const auto id = journal.begin(step("web-1")).value();
        ASSERT_TRUE(journal.end(id, Status::failed, "no such image", 1500ms));
    }
    const auto entries = open().recent();
    ASSERT_EQ(entries.size(), 1u);
    const JournalEntry& entry = entries.front();
    EXPECT_EQ(entry.cycle, 4u);
    EXPECT_EQ(entry.time, written_at);
    EXPECT_EQ(entry.verb, "create container");
    EXPECT_EQ(entry.subject, step("").subject);
    EXPECT_EQ(entry.service, "web");
    EXPECT_EQ(entry.object, "web-1");
    EXPECT_EQ(entry.reason, "memory changed");
    EXPECT_EQ(entry.changes, step("").changes);
    EXPECT_EQ(entry.status, Status::failed);
    EXPECT_EQ(entry.error, "no such image");
    EXPECT_EQ(entry.took, 1500ms);
}

TEST_F(JournalTest, ReportsStepsInterruptedByTheLastProcess) {
    {
        auto journal = open();
        run(journal, "a");
        begin(journal, "b");
        begin(journal, "c");
        EXPECT_TRUE(journal.interrupted().empty());
    }
    {
        const auto journal = open();
        EXPECT_THAT(told(journal.interrupted()), ElementsAre("b interrupted", "c interrupted"));
        EXPECT_THAT(all(journal), ElementsAre("a done", "b interrupted", "c interrupted"));
    }
    EXPECT_TRUE(open().interrupted().empty());
}

TEST_F(JournalTest, GivesEveryEntryAnIdOfItsOwn) {
    const auto first = [this] {
        auto journal = open();
        return begin(journal, "a");
    }();
    auto journal = open();
    EXPECT_GT(begin(journal, "b"), first);
}

TEST_F(JournalTest, FindsWhatAQuerySelects) {
    auto journal = open();
    for (int i = 0; i < 4; ++i) {
        JournalEntry entry = step(std::to_string(i), written_at + i * 1h);
        if (i == 0) entry.service = "db";
        const auto begun = journal.begin(entry);
        ASSERT_TRUE(begun);
        if (i == 3) continue;
        ASSERT_TRUE(journal.end(*begun, i == 1 ? Status::failed : Status::done, "", 1ms));
    }
    EXPECT_THAT(find(journal, {}), ElementsAre("0 done", "1 failed", "2 done", "3 under way"));
    EXPECT_THAT(find(journal, {.since = written_at + 1h, .until = written_at + 3h}),
                ElementsAre("1 failed", "2 done"));
    EXPECT_THAT(find(journal, {.service = "db"}), ElementsAre("0 done"));
    EXPECT_THAT(find(journal, {.failed_only = true}), ElementsAre("1 failed"));
    EXPECT_THAT(find(journal, {.limit = 2}), ElementsAre("2 done", "3 under way", "…"));
    EXPECT_THAT(find(journal, {.limit = 4}).size(), 4u);
}

TEST_F(JournalTest, FindsInAllFilesAndInMemory) {
    auto journal = open();
    run(journal, "first");
    const auto failed = journal.begin(step("broken")).value();
    ASSERT_TRUE(journal.end(failed, Status::failed, "no", 1ms));
    for (int i = 0; i < 9000; ++i) run(journal, std::to_string(i));
    ASSERT_TRUE(fs::exists(folder / "journal.2"));
    EXPECT_EQ(find(journal, {.limit = 20'000}).size(), 9002u);
    EXPECT_THAT(find(journal, {.failed_only = true}), ElementsAre("broken failed"));
    const test::FullDisk full(0);
    run_unwritten(journal, "unwritten");
    EXPECT_THAT(find(journal, {.limit = 20'000}).back(), "unwritten done");
}

TEST_F(JournalTest, KeepsTenOlderFiles) {
    for (int i = 1; i <= 10; ++i)
        test::write_file(folder / ("journal." + std::to_string(i)), std::to_string(i));
    auto journal = open();
    for (int i = 0; !fs::exists(folder / "journal.11") && test::read_file(folder / "journal.10") == "10";
         ++i) {
        ASSERT_LT(i, 6000);
        run(journal, std::to_string(i));
    }
    EXPECT_EQ(test::read_file(folder / "journal.10"), "9");
    EXPECT_EQ(test::read_file(folder / "journal.2"), "1");
    EXPECT_FALSE(fs::exists(folder / "journal.11"));
}

TEST_F(JournalTest, LosesNoCompleteLineWhenTruncated) {
    {
        auto journal = open();
        for (const char* object : {"a", "b", "c"}) run(journal, object);
    }
    const std::string whole = test::read_file(file);
    for (std::size_t length = 0; length <= whole.size(); ++length) {
        const bool is_at_line_end = whole.find('\n', length < 2 ? 0 : length - 2) <= length + 1;
        if (!is_at_line_end && length % 16 != 0) continue;
        SCOPED_TRACE(length);
        const std::string cut = whole.substr(0, length);
        test::write_file(file, cut);
        const auto newlines = std::count(cut.begin(), cut.end(), '\n');
        auto journal = open();
        // A line is complete even without its newline; two lines make a step.
        const auto lines = newlines + (length < whole.size() && whole[length] == '\n');
        const auto entries = journal.recent();
        ASSERT_EQ(std::ssize(entries), (lines + 1) / 2);
        ASSERT_EQ(std::ssize(journal.interrupted()), lines % 2);
        run(journal, "after");
        ASSERT_THAT(all(open()), Contains("after done"));
        ASSERT_EQ(std::ssize(open().recent()), (lines + 1) / 2 + 1);
    }
}

TEST_F(JournalTest, LosesOnlyTheDamagedLine) {
    {
        auto journal = open();
        for (const char* object : {"a", "b", "c"}) run(journal, object);
    }
    const std::string whole = test::read_file(file);
    const auto second = whole.find('\n', whole.find('\n') + 1) + 1;
    const auto third = whole.find('\n', second);
    for (std::size_t bit = 8 * second; bit < 8 * third; bit += 5) {
        SCOPED_TRACE(bit);
        std::string flipped = whole;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
        test::write_file(file, flipped);
        ASSERT_THAT(all(open()), ElementsAre("a done", "c done"));
    }
}

TEST_F(JournalTest, RotatesAtAMebibyteAndKeepsTheNewestInMemory) {
    {
        auto journal = open();
        const auto early = begin(journal, "early");
        for (int i = 0; i < 6000; ++i) run(journal, std::to_string(i));
        EXPECT_LE(fs::file_size(file), 1u << 20);
        EXPECT_LE(fs::file_size(folder / "journal.1"), 1u << 20);
        EXPECT_EQ(journal.recent().size(), 1000u);
        EXPECT_EQ(journal.recent().front().id, early);
    }
    const auto journal = open();
    EXPECT_THAT(told(journal.interrupted()), ElementsAre("early interrupted"));
    EXPECT_EQ(all(journal).back(), "5999 done");
    EXPECT_EQ(all(journal).size(), 1000u);
}

TEST_F(JournalTest, ReportsAFullDiskOnceAndContinuesInMemory) {
    auto journal = open();
    run(journal, "before");
    const auto under_way = begin(journal, "at");
    {
        const test::FullDisk full(fs::file_size(file) + 30);
        const auto failed = journal.end(under_way, Status::done, "", 1ms);
        ASSERT_FALSE(failed);
        EXPECT_THAT(failed.error().message(), HasSubstr("/journal': write"));
        run(journal, "full");
        journal.retry();
        EXPECT_TRUE(journal.failure().has_value());
    }
    journal.retry();
    EXPECT_FALSE(journal.failure().has_value());
    run(journal, "after");
    EXPECT_THAT(all(journal), ElementsAre("before done", "at done", "full done", "after done"));
    EXPECT_THAT(all(open()), ElementsAre("before done", "at interrupted", "after done"));
}

TEST_F(JournalTest, StartsNoStepThatItCannotRecord) {
    auto journal = open();
    {
        const test::FullDisk full(30);
        EXPECT_FALSE(journal.begin(step("a")));
    }
    EXPECT_THAT(all(journal), ElementsAre());
    run(journal, "b");
    EXPECT_THAT(all(open()), ElementsAre("b done"));
}

TEST_F(JournalTest, SetsAsideWhatIsNotAFile) {
    fs::create_directory(file);
    auto journal = open();
    run(journal, "a");
    EXPECT_THAT(all(open()), ElementsAre("a done"));
    EXPECT_TRUE(fs::is_directory(folder / "journal.damaged"));
}

TEST_F(JournalTest, CutsLongTextsBetweenCharacters) {
    auto journal = open();
    auto entry = step("a");
    entry.reason = std::string(1023, 'x') + "äöü";
    ASSERT_TRUE(journal.begin(entry));
    EXPECT_EQ(journal.recent().front().reason, std::string(1023, 'x') + "…");
}

TEST_F(JournalTest, RoundTripsAnyText) {
    {
        auto journal = open();
        auto entry = step("a");
        entry.reason = "line\nbreak \xFF\x01\"";
        ASSERT_TRUE(journal.begin(entry));
    }
    EXPECT_EQ(open().recent().front().reason, "line\nbreak \uFFFD\x01\"");
}

TEST_F(JournalTest, IgnoresTheEndOfAnUnknownEntry) {
    auto journal = open();
    EXPECT_EQ(journal.end(99, Status::done, "", 0ms).error().kind(), ErrorKind::not_found);
}

}  // namespace
}  // namespace dockerext::state
