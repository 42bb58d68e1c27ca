#include "base/task_group.hpp"

#include "support/run.hpp"

#include <gtest/gtest.h>

namespace dockerext {
namespace {

using namespace std::chrono_literals;
using test::run_to_end;

Task<void> count_after(Duration delay, int& ended, int& cancelled) {
    const bool slept = co_await sleep_for(delay);
    ++(slept ? ended : cancelled);
}

struct TaskGroupTest : testing::Test {
    Task<Result<>> joined() {
        co_await group.join();
        still_known = co_await is_cancelled();
        co_return Result<>{};
    }

    asio::io_context io;
    TaskGroup group{io.get_executor()};
    int ended = 0;
    int cancelled = 0;
    bool still_known = false;  ///< whether the joining coroutine still sees its own cancellation
};

TEST_F(TaskGroupTest, JoinWaitsForAll) {
    group.spawn(count_after(5ms, ended, cancelled));
    group.spawn(count_after(10ms, ended, cancelled));
    run_to_end(io, group.join());
    EXPECT_EQ(ended, 2);
    EXPECT_EQ(group.size(), 0U);
}

TEST_F(TaskGroupTest, JoinOfNothingReturnsAtOnce) { run_to_end(io, group.join()); }

TEST_F(TaskGroupTest, CancelEndsTheTasks) {
    group.spawn(count_after(1h, ended, cancelled));
    io.poll();
    group.cancel();
    run_to_end(io, group.join());
    EXPECT_EQ(cancelled, 1);
}

TEST_F(TaskGroupTest, ACancelledJoinCancelsItsTasks) {
    group.spawn(count_after(1h, ended, cancelled));
    const auto outcome = test::run(io, with_timeout(10ms, "join", joined()));
    EXPECT_EQ(outcome.error().kind(), ErrorKind::timeout);
    EXPECT_EQ(cancelled, 1);
    EXPECT_TRUE(still_known);
}

}  // namespace
}  // namespace dockerext
