#include "host/clock_watch.hpp"

#include "base/timeout.hpp"
#include "support/run.hpp"

#include <gtest/gtest.h>

#include <ctime>

namespace dockerext::host {
namespace {

using namespace std::chrono_literals;
using test::run;

Task<void> note(ClockWatch& watch, std::optional<bool>& seen) { seen = co_await watch.set(); }

TEST(ClockWatch, SeesTheClockSetAgainAndAgain) {
    asio::io_context io;
    auto watch = ClockWatch::open(io.get_executor());
    ASSERT_TRUE(watch) << watch.error().message();
    for (int round = 0; round < 2; ++round) {
        std::optional<bool> seen;
        test::start(io, note(*watch, seen));
        io.run_for(10ms);
        EXPECT_EQ(seen, std::nullopt) << "nobody has set it";
        timespec now = {};
        ASSERT_EQ(::clock_gettime(CLOCK_REALTIME, &now), 0);
        ASSERT_EQ(::clock_settime(CLOCK_REALTIME, &now), 0) << "needs CAP_SYS_TIME";  // to what it is
        io.restart();
        io.run_for(1s);
        EXPECT_EQ(seen, true);
        io.restart();
    }
}

}  // namespace
}  // namespace dockerext::host
