#include "state/shared_sync.hpp"

#include "base/disk_sync.hpp"
#include "base/task_group.hpp"
#include "base/unique_fd.hpp"
#include "support/run.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>

#include <atomic>

namespace dockerext::state {
namespace {

std::atomic<unsigned> syncs = 0;

struct SharedSyncTest : testing::Test {
    SharedSyncTest() {
        syncs = 0;
        set_sync_callback([] { ++syncs; });
    }
    ~SharedSyncTest() override { set_sync_callback(nullptr); }

    Task<void> ask() {
        const Result<> synced = co_await shared.sync(fd);
        if (synced) ++done;
    }

    test::TemporaryFolder folder;
    asio::io_context io;
    UniqueFd fd{::open((folder / "file").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)};
    SharedSync shared;
    unsigned done = 0;
};

TEST_F(SharedSyncTest, RequestsDuringASyncShareTheNextOne) {
    for (int n = 0; n < 50; ++n) test::start(io, ask());
    EXPECT_TRUE(test::run_until(io, [&] { return done == 50; }));
    EXPECT_EQ(syncs, 2U);
    test::run_to_end(io, ask());
    EXPECT_EQ(syncs, 3U);
}

TEST_F(SharedSyncTest, ACancelledRequestDoesNotAffectOthers) {
    TaskGroup leader(io.get_executor());
    leader.spawn(ask());
    io.poll();
    test::start(io, ask());
    leader.cancel();
    EXPECT_TRUE(test::run_until(io, [&] { return done == 1 && leader.size() == 0; }));
}

TEST_F(SharedSyncTest, AFailureIsReported) {
    const UniqueFd none;
    EXPECT_FALSE(test::run(io, shared.sync(none)));
    EXPECT_TRUE(test::run(io, shared.sync(fd)));
}

}  // namespace
}  // namespace dockerext::state
