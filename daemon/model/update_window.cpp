#include "model/update_window.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <array>
#include <ctime>

namespace dockerext::model {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr std::array<std::string_view, UpdateWindow::days_of_week> day_names{"Sun", "Mon", "Tue", "Wed",
                                                                             "Thu", "Fri", "Sat"};

std::optional<std::size_t> parse_day(std::string_view text) {
    const auto found = std::find(day_names.begin(), day_names.end(), text);
    if (found == day_names.end()) return std::nullopt;
    return static_cast<std::size_t>(found - day_names.begin());
}

/// "Sun", or "Fri-Mon", which passes the end of the week.
bool add_days(std::string_view text, std::bitset<UpdateWindow::days_of_week>& days) {
    const std::size_t dash = text.find('-');
    const auto first = parse_day(text.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : parse_day(text.substr(dash + 1));
    if (!first || !last) return false;
    for (std::size_t day = *first; day != *last; day = (day + 1) % days.size()) days.set(day);
    days.set(*last);
    return true;
}

bool add_all_days(std::string_view text, std::bitset<UpdateWindow::days_of_week>& days) {
    for (;;) {
        const std::size_t comma = text.find(',');
        if (!add_days(text.substr(0, comma), days)) return false;
        if (comma == std::string_view::npos) return true;
        text.remove_prefix(comma + 1);
    }
}

/// "02:00", up to "24:00".
std::optional<minutes> parse_time_of_day(std::string_view text) {
    constexpr std::size_t length = 5, colon = 2;
    if (text.size() != length || text[colon] != ':') return std::nullopt;
    for (std::size_t at = 0; at < length; ++at) {
        if (at != colon && !is_digit(text[at])) return std::nullopt;
    }
    const auto number = [&](std::size_t at) { return (text[at] - '0') * 10 + (text[at + 1] - '0'); };
    const auto time = hours(number(0)) + minutes(number(colon + 1));
    if (number(colon + 1) >= 60 || time > hours(24)) return std::nullopt;
    return time;
}

/// That time on the day `offset` days after `day`.
WallTime on_day(std::tm day, int offset, minutes time) {
    day.tm_mday += offset;
    day.tm_hour = static_cast<int>(time.count() / 60);
    day.tm_min = static_cast<int>(time.count() % 60);
    day.tm_sec = 0;
    day.tm_isdst = -1;
    return WallTime::clock::from_time_t(::mktime(&day));
}

/// Yesterday's window may still be open.
WallTime next_open(const UpdateWindow& window, const std::tm& today, WallTime time) {
    constexpr int week = 7;
    const bool passes_midnight = window.closes <= window.opens;
    for (int offset = -1; offset <= week; ++offset) {
        const auto weekday = static_cast<std::size_t>((today.tm_wday + offset + week) % week);
        if (!window.days.test(weekday)) continue;
        if (on_day(today, offset + (passes_midnight ? 1 : 0), window.closes) <= time) continue;
        return std::max(time, on_day(today, offset, window.opens));
    }
    return time + hours(24 * week);  // only for a window without days
}

}  // namespace

std::optional<UpdateWindow> parse_update_window(std::string_view text) {
    UpdateWindow window;
    if (const std::size_t blank = text.find(' '); blank != std::string_view::npos) {
        if (!add_all_days(text.substr(0, blank), window.days)) return std::nullopt;
        text.remove_prefix(blank + 1);
    } else {
        window.days.set();
    }
    const std::size_t dash = text.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const auto opens = parse_time_of_day(text.substr(0, dash));
    const auto closes = parse_time_of_day(text.substr(dash + 1));
    if (!opens || !closes || *opens == *closes || *opens == hours(24)) return std::nullopt;
    window.opens = *opens;
    window.closes = *closes;
    return window;
}

WallTime next_open(std::span<const UpdateWindow> windows, WallTime time) {
    if (windows.empty()) return time;
    ::tzset();  // the machine's time zone may have changed
    const std::time_t seconds = WallTime::clock::to_time_t(time);
    std::tm today{};
    ::localtime_r(&seconds, &today);
    WallTime next = WallTime::max();
    for (const UpdateWindow& window : windows) next = std::min(next, next_open(window, today, time));
    return next;
}

}  // namespace dockerext::model
