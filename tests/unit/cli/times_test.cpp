#include "cli/times.hpp"
#include "support/noon.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <vector>

namespace dockerext::cli {
namespace {

using namespace std::chrono_literals;
using test::noon;

TEST(Duration, IsParsedInCommonNotations) {
    const std::vector<std::pair<std::string, std::chrono::seconds>> cases{
        {"90", 90s}, {"90s", 90s}, {"5m", 5min}, {"1h30m", 90min}, {"2d", 48h}, {"1d2h3m4s", 26h + 3min + 4s},
    };
    for (const auto& [text, expected] : cases) EXPECT_EQ(parse_duration(text), expected) << text;
}

TEST(Duration, IsRefusedWhenAmbiguous) {
    for (const char* text : {"", "0", "0s", "-5", "5x", "s", "1h30", "30m1h", "5m5m", "1.5h", " 5m", "5m ",
                             "99999999999999999999", "11000d"}) {
        EXPECT_FALSE(parse_duration(text)) << text;
    }
}

TEST(Duration, IsPrintedInOneUnit) {
    const std::vector<std::pair<std::chrono::seconds, std::string>> cases{
        {-5s, "0 s"},        {0s, "0 s"}, {119s, "119 s"}, {120s, "2 min"},
        {119min, "119 min"}, {2h, "2 h"}, {47h, "47 h"},   {48h, "2 d"},
    };
    for (const auto& [duration, expected] : cases) EXPECT_EQ(duration_text(duration), expected);
    EXPECT_EQ(took_text(301ms), "301 ms");
    EXPECT_EQ(took_text(12345ms), "12 s");
}

struct LocalTime : testing::Test {
    LocalTime() {
        ::setenv("TZ", "UTC-2", 1);  // POSIX notation for two hours east of UTC
        ::tzset();
    }
    ~LocalTime() override {
        ::setenv("TZ", "UTC", 1);
        ::tzset();
    }
};

TEST_F(LocalTime, IsReadAndPrintedInLocalTime) {
    EXPECT_EQ(clock_text(noon), "14:00:00");
    EXPECT_EQ(date_text(noon + 11h), "2024-02-01");
    EXPECT_EQ(parse_since("2024-01-31 14:00", noon), noon);
    EXPECT_EQ(parse_since("2024-01-31 14:00:30", noon), noon + 30s);
    EXPECT_EQ(parse_since("2024-02-01", noon), noon + 10h);
    EXPECT_EQ(parse_since("1h", noon), noon - 1h);
    EXPECT_EQ(parse_since("2024-01-31T12:00:00Z", {}), noon);
    EXPECT_FALSE(parse_since("14 o'clock", noon));
}

}  // namespace
}  // namespace dockerext::cli
