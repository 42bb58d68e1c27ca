#include "apply/pull_space.hpp"

#include <gtest/gtest.h>

namespace dockerext::apply {
namespace {

engine::PullProgress progress(std::uint64_t done, std::uint64_t total) {
    return {.done_bytes = done, .total_bytes = total};
}

TEST(PullSpace, IsSharedByPullsOfOneMeasurement) {
    PullSpace space;
    PullSpace::Pull one(space, 100);
    EXPECT_EQ(one.room(progress(0, 60)), 100U);
    {
        PullSpace::Pull other(space, 100);
        EXPECT_EQ(other.room(progress(0, 60)), 40U);
        EXPECT_EQ(one.room(progress(50, 60)), 40U);
        EXPECT_EQ(other.room(progress(10, 60)), 40U) << "however far the other one has come";
    }
    EXPECT_EQ(one.room(progress(50, 60)), 100U) << "what a failed pull took is free again";
}

TEST(PullSpace, KeepsWhatAFinishedPullTook) {
    PullSpace space;
    {
        PullSpace::Pull done(space, 100);
        EXPECT_EQ(done.room(progress(60, 60)), 100U);
        done.succeeded();
    }
    EXPECT_EQ(PullSpace::Pull(space, 100).room(progress(0, 50)), 40U);
    EXPECT_EQ(PullSpace::Pull(space, 38).room(progress(0, 50)), 38U) << "measured after that pull";
}

TEST(PullSpace, ANewMeasurementContainsWhatPullsUnderWayHaveTaken) {
    PullSpace space;
    PullSpace::Pull earlier(space, 100);
    EXPECT_EQ(earlier.room(progress(50, 60)), 100U);
    PullSpace::Pull later(space, 50);
    EXPECT_EQ(later.room(progress(0, 20)), 40U);
    EXPECT_EQ(earlier.room(progress(60, 60)), 80U);
    EXPECT_EQ(later.room(progress(20, 20)), 40U);
}

TEST(PullSpace, KnowsNothingWithoutAMeasurement) {
    PullSpace space;
    EXPECT_EQ(PullSpace::Pull(space, std::nullopt).room(progress(0, 50)), std::nullopt);
}

}  // namespace
}  // namespace dockerext::apply
