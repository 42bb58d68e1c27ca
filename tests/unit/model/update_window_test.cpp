#include "model/update_window.hpp"

#include "base/iso_time.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

namespace dockerext::model {
namespace {

/// In a time zone of its own.
struct UpdateWindows : testing::Test {
    explicit UpdateWindows(const char* zone = "UTC0") { ::setenv("TZ", zone, 1); }
    ~UpdateWindows() override { ::unsetenv("TZ"); }

    static std::string next(const std::vector<std::string>& texts, const std::string& time) {
        std::vector<UpdateWindow> windows;
        for (const std::string& text : texts) windows.push_back(parse_update_window(text).value());
        return iso_time(next_open(windows, *parse_iso_time(time))).substr(0, 16);
    }
};

TEST_F(UpdateWindows, AreReadAsWritten) {
    for (const char* text :
         {"02:00-04:00", "Sun 02:00-04:00", "Mon-Fri 22:00-02:00", "Fri-Mon,Wed 00:00-24:00"})
        EXPECT_TRUE(parse_update_window(text)) << text;
    EXPECT_EQ(parse_update_window("Fri-Mon,Wed 00:00-24:00")->days.to_string(), "1101011");
}

TEST_F(UpdateWindows, MistakesAreRefused) {
    for (const char* text :
         {"", "Sun", "2:00-4:00", "02:00", "02:00-02:00", "02:60-03:00", "24:00-01:00", "25:00-26:00",
          "sun 02:00-04:00", "Sun  02:00-04:00", "Sun,, 02:00-04:00", "Mon-Foo 02:00-04:00",
          "02:00-04:00 Sun", "0a:00-04:00", "02:00-04:0x", "-", "Sun 02:00 - 04:00"})
        EXPECT_FALSE(parse_update_window(text)) << text;
}

TEST_F(UpdateWindows, OpenNextOnTheirDays) {  // 2026-11-29 is a Sunday
    EXPECT_EQ(next({}, "2026-11-29T12:00:00Z"), "2026-11-29T12:00");
    EXPECT_EQ(next({"Sun 02:00-04:00"}, "2026-11-29T03:00:00Z"), "2026-11-29T03:00");
    EXPECT_EQ(next({"Sun 02:00-04:00"}, "2026-11-29T01:00:00Z"), "2026-11-29T02:00");
    EXPECT_EQ(next({"Sun 02:00-04:00"}, "2026-11-29T04:00:00Z"), "2026-12-06T02:00");
    EXPECT_EQ(next({"02:00-04:00"}, "2026-11-29T05:00:00Z"), "2026-11-30T02:00");
    EXPECT_EQ(next({"Sat 02:00-04:00", "Tue 23:00-24:00"}, "2026-11-29T05:00:00Z"), "2026-12-01T23:00");
}

TEST_F(UpdateWindows, MayPassMidnight) {
    EXPECT_EQ(next({"Sun 22:00-02:00"}, "2026-11-30T01:59:00Z"), "2026-11-30T01:59");
    EXPECT_EQ(next({"Sun 22:00-02:00"}, "2026-11-30T02:00:00Z"), "2026-12-06T22:00");
    EXPECT_EQ(next({"Sun 22:00-02:00"}, "2026-11-29T01:00:00Z"), "2026-11-29T22:00");
    EXPECT_EQ(next({"Sat 22:00-24:00"}, "2026-11-29T00:00:00Z"), "2026-12-05T22:00");
}

struct UpdateWindowsInBerlin : UpdateWindows {
    UpdateWindowsInBerlin() : UpdateWindows("CET-1CEST,M3.5.0,M10.5.0/3") {}
};

TEST_F(UpdateWindowsInBerlin, FollowTheMachinesTimeZone) {
    EXPECT_EQ(next({"04:00-05:00"}, "2026-11-29T01:00:00Z"), "2026-11-29T03:00");
    EXPECT_EQ(next({"04:00-05:00"}, "2026-07-01T01:00:00Z"), "2026-07-01T02:00");
    // On the day of the change to winter time, 04:00 comes an hour later.
    EXPECT_EQ(next({"04:00-05:00"}, "2026-10-25T00:30:00Z"), "2026-10-25T03:00");
}

}  // namespace
}  // namespace dockerext::model
