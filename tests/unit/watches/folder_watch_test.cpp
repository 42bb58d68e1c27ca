#include "watches/folder_watch.hpp"

#include "base/timeout.hpp"
#include "support/run.hpp"
#include "support/temporary_folder.hpp"

#include "base/unique_fd.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <functional>

namespace dockerext::watches {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using test::run;

struct FolderWatchTest : testing::Test {
    FolderWatchTest() { fs::create_directory(watched); }

    FolderWatch open() { return FolderWatch::open(io.get_executor(), watched).value(); }
    /// How the wait ends: `timeout` if nothing happens within `limit`.
    Result<> changed(FolderWatch& watch, Duration limit = 30s) {
        return run(io, with_timeout(limit, "wait", watch.changed()));
    }
    bool quiet(FolderWatch& watch) {
        const auto outcome = changed(watch, 20ms);
        return !outcome && outcome.error().kind() == ErrorKind::timeout;
    }

    asio::io_context io;
    test::TemporaryFolder folder;
    fs::path watched = folder / "new";
};

TEST_F(FolderWatchTest, DetectsAFileMovedIn) {
    auto watch = open();
    test::write_file(folder / "a", "x");
    EXPECT_TRUE(quiet(watch));
    fs::rename(folder / "a", watched / "a");
    EXPECT_TRUE(changed(watch));
}

TEST_F(FolderWatchTest, DetectsAFileWritten) {
    auto watch = open();
    test::write_file(watched / "a", "x");
    EXPECT_TRUE(changed(watch));
}

Task<void> await_change(FolderWatch& watch, bool& seen) {
    const auto outcome = co_await watch.changed();
    seen = outcome.has_value();
}

TEST_F(FolderWatchTest, WakesTheWaiter) {
    auto watch = open();
    bool seen = false;
    test::start(io, await_change(watch, seen));
    io.poll();
    ASSERT_FALSE(seen);
    test::write_file(watched / "a", "x");
    io.run_one_for(5s);
    io.poll();
    EXPECT_TRUE(seen);
}

TEST_F(FolderWatchTest, DetectsChangesBetweenTwoWaits) {
    auto watch = open();
    test::write_file(watched / "a", "x");
    ASSERT_TRUE(changed(watch));
    test::write_file(watched / "b", "x");
    EXPECT_TRUE(changed(watch));
}

TEST_F(FolderWatchTest, CountsSeveralChangesAsOne) {
    auto watch = open();
    for (int i = 0; i < 2000; ++i)
        test::write_file(watched / (std::string(100, 'n') + std::to_string(i)), "x");
    EXPECT_TRUE(changed(watch));
    EXPECT_TRUE(quiet(watch));
}

TEST_F(FolderWatchTest, IgnoresFilesThatAreRemovedOrMovedAway) {
    test::write_file(watched / "a", "x");
    test::write_file(watched / "b", "x");
    auto watch = open();
    fs::remove(watched / "a");
    fs::rename(watched / "b", folder / "b");
    EXPECT_TRUE(quiet(watch));
}

TEST_F(FolderWatchTest, ReportsARemovedFolder) {
    UniqueFd held;  // open, as in the spool
    const std::function<void()> ways[] = {[this] { fs::remove_all(watched); },
                                          [&] {
                                              held =
                                                  UniqueFd(::open(watched.c_str(), O_RDONLY | O_DIRECTORY));
                                              fs::remove_all(watched);
                                          },
                                          [this] { fs::rename(watched, folder / "elsewhere"); }};
    for (const auto& go : ways) {
        fs::create_directories(watched);
        auto watch = open();
        go();
        const auto outcome = changed(watch);
        ASSERT_FALSE(outcome);
        EXPECT_EQ(outcome.error().kind(), ErrorKind::not_found);
    }
}

TEST_F(FolderWatchTest, NeedsAFolder) {
    test::write_file(folder / "file", "x");
    EXPECT_EQ(FolderWatch::open(io.get_executor(), folder / "absent").error().kind(), ErrorKind::not_found);
    EXPECT_FALSE(FolderWatch::open(io.get_executor(), folder / "file"));
}

}  // namespace
}  // namespace dockerext::watches
