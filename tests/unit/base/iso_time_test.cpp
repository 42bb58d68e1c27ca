#include "base/iso_time.hpp"
#include "support/noon.hpp"

#include <gtest/gtest.h>

namespace dockerext {
namespace {

using namespace std::chrono_literals;

using test::noon;

TEST(IsoTime, RoundTrips) {
    EXPECT_EQ(iso_time(noon + 123ms), "2024-01-31T12:00:00.123Z");
    EXPECT_EQ(iso_time(noon), "2024-01-31T12:00:00.000Z");
    EXPECT_EQ(parse_iso_time("2024-01-31T12:00:00.123Z"), noon + 123ms);
    EXPECT_EQ(parse_iso_time("2024-01-31T12:00:00Z"), noon);
    EXPECT_EQ(parse_iso_time("2024-01-31T12:00:00.000000001Z"), noon + 1ns);
}

TEST(IsoTime, IsWrittenBeforeTheEpochToo) {
    EXPECT_EQ(iso_time(std::chrono::system_clock::time_point(-1ms)), "1969-12-31T23:59:59.999Z");
}

TEST(IsoTime, BeforeTheEpochIsReadAsTheEpoch) {
    for (const char* text : {"0001-01-01T00:00:00Z", "1066-10-14T09:00:00.5Z", "1969-12-31T23:59:59.999Z"})
        EXPECT_EQ(parse_iso_time(text), std::chrono::system_clock::time_point{}) << text;
}

TEST(IsoTime, RejectsInvalidTimes) {
    for (const char* text : {"", "12:00", "2024-01-31", "2024-01-31T12:00:00", "2024-01-31T12:00:00+01:00",
                             "2024-13-31T12:00:00Z", "2024-01-31T12:00:00.Z", "2024-01-31T12:00:00.1x3Z",
                             "2024-01-31T12:00:00.1234567890Z", "9999-12-31T23:59:59Z"}) {
        EXPECT_FALSE(parse_iso_time(text)) << text;
    }
}

}  // namespace
}  // namespace dockerext
