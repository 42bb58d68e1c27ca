#include "base/off_loop.hpp"

#include "base/catch_exceptions.hpp"
#include "support/run.hpp"

#include <gtest/gtest.h>
#include <boost/asio/steady_timer.hpp>

#include <future>
#include <stdexcept>

namespace dockerext {
namespace {

using Work = std::function<Result<int>(std::stop_token)>;

struct OffLoop : testing::Test {
    asio::io_context io;

    Result<int> run(Work work) { return test::run(io, off_loop(std::move(work))); }
};

TEST_F(OffLoop, ReturnsTheResultOfTheWork) {
    EXPECT_EQ(run([](const std::stop_token&) { return 7; }).value(), 7);
    const Work failing = [](const std::stop_token&) -> Result<int> {
        return Error(ErrorKind::conflict, "no");
    };
    EXPECT_EQ(run(failing).error().kind(), ErrorKind::conflict);
}

TEST_F(OffLoop, LeavesTheEventLoopFree) {
    std::promise<void> rung;
    asio::steady_timer timer(io, std::chrono::milliseconds(1));
    timer.async_wait([&](auto) { rung.set_value(); });
    // The work can end only while the event loop keeps running.
    EXPECT_EQ(run([&](const std::stop_token&) { return rung.get_future().get(), 7; }).value(), 7);
}

TEST_F(OffLoop, RethrowsExceptionsOfTheWork) {
    const Work throwing = [](const std::stop_token&) -> Result<int> { throw std::out_of_range("substr"); };
    EXPECT_EQ(test::run(io, catch_exceptions(off_loop(throwing))).error().message(),
              "a bug in dockerextd: substr");
}

TEST_F(OffLoop, RequestsStopWithoutWaiting) {
    const auto stopped = std::make_shared<std::promise<void>>();
    const Work hanging = [stopped](std::stop_token stop) -> Result<int> {
        std::promise<void> asked;
        const std::stop_callback callback(std::move(stop), [&] { asked.set_value(); });
        asked.get_future().wait();
        stopped->set_value();
        return 7;
    };
    const auto ended = test::run(io, with_timeout(std::chrono::milliseconds(1), "hang", off_loop(hanging)));
    EXPECT_EQ(ended.error().kind(), ErrorKind::timeout);
    stopped->get_future().wait();
}

}  // namespace
}  // namespace dockerext
