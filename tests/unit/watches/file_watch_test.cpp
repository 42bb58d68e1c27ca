#include "watches/file_watch.hpp"

#include "base/timeout.hpp"
#include "support/run.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace dockerext::watches {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using test::run;

struct FileWatchTest : testing::Test {
    FileWatchTest() {
        fs::create_directory(docker);
        test::write_file(json, "{}");
    }

    FileWatch open() { return FileWatch::open(io.get_executor(), {json, key, credentials}).value(); }
    Result<> changed(FileWatch& watch, Duration limit = 30s) {
        return run(io, with_timeout(limit, "wait", watch.changed()));
    }
    bool quiet(FileWatch& watch) {
        const auto outcome = changed(watch, 20ms);
        return !outcome && outcome.error().kind() == ErrorKind::timeout;
    }
    /// Consumes the remaining events of a change.
    void settle(FileWatch& watch) {
        while (changed(watch, 20ms)) {
        }
    }

    asio::io_context io;
    test::TemporaryFolder folder;
    fs::path docker = folder / "docker";
    fs::path json = docker / "daemon.json";
    fs::path key = docker / "key.pem";
    fs::path credentials = folder / "home/.docker/config.json";
};

TEST_F(FileWatchTest, DetectsEachKindOfChangeOnce) {
    const std::pair<const char*, std::function<void()>> table[] = {
        {"written", [&] { test::write_file(json, "{\"debug\":true}"); }},
        {"mode", [&] { fs::permissions(json, fs::perms::owner_read); }},
        {"replaced",
         [&] {
             test::write_file(docker / "daemon.json.tmp", "{}");
             fs::rename(docker / "daemon.json.tmp", json);
         }},
        {"moved away", [&] { fs::rename(json, docker / "daemon.json.old"); }},
        {"moved back", [&] { fs::rename(docker / "daemon.json.old", json); }},
        {"removed", [&] { fs::remove(json); }},
        {"made again", [&] { test::write_file(json, "{}"); }},
        {"created", [&] { test::write_file(key, "x"); }},
        {"link instead",
         [&] {
             fs::remove(key);
             fs::create_symlink(json, key);
         }},
    };
    auto watch = open();
    for (const auto& [what, change] : table) {
        EXPECT_TRUE(quiet(watch)) << "before " << what;
        change();
        EXPECT_TRUE(changed(watch)) << what;
    }
    EXPECT_TRUE(quiet(watch));
}

TEST_F(FileWatchTest, IsNotWokenByOtherFiles) {
    auto watch = open();
    test::write_file(docker / "other.json", "x");
    test::write_file(docker / "daemon.json.tmp", "x");
    fs::permissions(docker / "other.json", fs::perms::owner_read);
    fs::remove(docker / "other.json");
    fs::create_directories(docker / "folder");
    test::write_file(folder / "daemon.json", "of another folder");
    EXPECT_TRUE(quiet(watch));
}

TEST_F(FileWatchTest, IsNotWokenByReading) {
    auto watch = open();
    EXPECT_EQ(test::read_file(json), "{}");
    EXPECT_TRUE(quiet(watch));
}

TEST_F(FileWatchTest, IsNotWokenByAFolderWithoutTheFile) {
    auto watch = open();
    fs::create_directories(credentials.parent_path());
    EXPECT_TRUE(quiet(watch));
    fs::remove_all(folder / "home");
    EXPECT_TRUE(quiet(watch));
}

TEST_F(FileWatchTest, DetectsAFileWhoseFoldersAreCreatedLater) {
    auto watch = open();
    fs::create_directory(folder / "home");
    EXPECT_TRUE(quiet(watch));
    fs::create_directory(credentials.parent_path());
    EXPECT_TRUE(quiet(watch));
    test::write_file(credentials, "{}");
    EXPECT_TRUE(changed(watch));
}

TEST_F(FileWatchTest, DetectsAFileCreatedWithItsFolders) {
    auto watch = open();
    fs::create_directories(credentials.parent_path());
    test::write_file(credentials, "{}");
    EXPECT_TRUE(changed(watch));
    settle(watch);
    test::write_file(credentials, "{\"auths\":{}}");
    EXPECT_TRUE(changed(watch));
}

TEST_F(FileWatchTest, DetectsAFolderMovedInWithTheFile) {
    fs::create_directories(folder / "elsewhere/.docker");
    test::write_file(folder / "elsewhere/.docker/config.json", "{}");
    auto watch = open();
    fs::rename(folder / "elsewhere", folder / "home");
    EXPECT_TRUE(changed(watch));
    EXPECT_TRUE(quiet(watch));
    test::write_file(credentials, "x");
    EXPECT_TRUE(changed(watch));
}

TEST_F(FileWatchTest, FollowsARecreatedFolder) {
    auto watch = open();
    for (int i = 0; i < 3; ++i) {
        SCOPED_TRACE(i);
        fs::remove_all(docker);
        EXPECT_TRUE(changed(watch));
        settle(watch);
        fs::create_directory(docker);
        EXPECT_TRUE(quiet(watch));
        test::write_file(json, "{}");
        EXPECT_TRUE(changed(watch));
        settle(watch);
    }
}

TEST_F(FileWatchTest, StopsWatchingAFolderThatMovedAway) {
    auto watch = open();
    fs::rename(docker, folder / "elsewhere");
    EXPECT_TRUE(changed(watch));
    test::write_file(folder / "elsewhere/daemon.json", "x");
    EXPECT_TRUE(quiet(watch));
}

TEST_F(FileWatchTest, DetectsAReplacedFolder) {
    fs::create_directory(folder / "new");
    auto watch = open();
    fs::rename(docker, folder / "old");
    fs::rename(folder / "new", docker);
    EXPECT_TRUE(changed(watch));
    EXPECT_TRUE(quiet(watch));
    test::write_file(json, "x");
    EXPECT_TRUE(changed(watch));
}

TEST_F(FileWatchTest, AcceptsAFileInPlaceOfAMissingFolder) {
    test::write_file(folder / "home", "a file");
    auto watch = open();
    EXPECT_TRUE(quiet(watch));
    fs::remove(folder / "home");
    fs::create_directories(credentials.parent_path());
    EXPECT_TRUE(quiet(watch));
    test::write_file(credentials, "{}");
    EXPECT_TRUE(changed(watch));
}

TEST_F(FileWatchTest, CountsSeveralChangesAsOne) {
    auto watch = open();
    for (int i = 0; i < 2000; ++i) test::write_file(json, std::to_string(i));
    EXPECT_TRUE(changed(watch));
    EXPECT_TRUE(quiet(watch));
}

TEST_F(FileWatchTest, SeesChangesAfterAQueueOverflow) {
    auto watch = open();
    // More events than the kernel queues (fs.inotify.max_queued_events); it would merge equal consecutive
    // ones.
    const fs::path others[] = {docker / "a", docker / "b"};
    std::size_t kept = std::stoul(test::read_file("/proc/sys/fs/inotify/max_queued_events"));
    for (std::size_t i = 0; i <= kept; ++i) test::write_file(others[i % 2], "x");
    test::write_file(json, "lost");
    EXPECT_TRUE(changed(watch));
    test::write_file(json, "x");
    EXPECT_TRUE(changed(watch));
}

Task<void> await_change(FileWatch& watch, bool& seen) {
    const auto outcome = co_await watch.changed();
    seen = outcome.has_value();
}

TEST_F(FileWatchTest, WakesTheWaiter) {
    auto watch = open();
    bool seen = false;
    test::start(io, await_change(watch, seen));
    io.poll();
    test::write_file(docker / "other", "x");
    io.run_one_for(1s);
    io.poll();
    ASSERT_FALSE(seen);
    test::write_file(json, "x");
    io.run_one_for(5s);
    io.poll();
    EXPECT_TRUE(seen);
}

}  // namespace
}  // namespace dockerext::watches
