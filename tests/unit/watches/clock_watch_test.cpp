#include "watches/clock_watch.hpp"

#include "base/timeout.hpp"
#include "support/run.hpp"

#include <gtest/gtest.h>
#include <sys/timex.h>

namespace dockerext::watches {
namespace {

using namespace std::chrono_literals;
using test::run;

Task<void> note(ClockWatch& watch, std::optional<bool>& seen) { seen = co_await watch.changed(); }

TEST(ClockWatch, DetectsEachClockChange) {
    asio::io_context io;
    auto watch = ClockWatch::open(io.get_executor());
    ASSERT_TRUE(watch) << watch.error().message();
    for (int round = 0; round < 2; ++round) {
        std::optional<bool> seen;
        test::start(io, note(*watch, seen));
        io.run_for(10ms);
        EXPECT_EQ(seen, std::nullopt) << "nobody has set it";
        timex microsecond = {};  // an offset, so a delay of this test does not matter
        microsecond.modes = ADJ_SETOFFSET;
        microsecond.time.tv_usec = 1;
        ASSERT_GE(::adjtimex(&microsecond), 0) << "needs CAP_SYS_TIME";
        ASSERT_TRUE(test::run_until(io, [&] { return seen.has_value(); }));
        EXPECT_EQ(seen, true);
        io.restart();
    }
}

}  // namespace
}  // namespace dockerext::watches
