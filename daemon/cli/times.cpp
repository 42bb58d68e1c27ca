#include "cli/times.hpp"

#include "base/iso_time.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <ctime>

namespace dockerext::cli {
namespace {

using namespace std::chrono_literals;
using model::WallTime;

constexpr std::int64_t longest_span = 10LL * 366 * 24 * 3600;

std::optional<std::int64_t> consume_number(std::string_view& text) {
    std::int64_t number = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || number < 0 || number > longest_span) return {};
    text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
    return number;
}

/// Removes the unit at the front of `text` and returns its seconds; 0 if there is no unit.
std::int64_t consume_unit(std::string_view& text) {
    constexpr std::array<std::pair<char, std::int64_t>, 4> units{
        {{'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}}};
    for (const auto& [letter, seconds] : units) {
        if (!text.starts_with(letter)) continue;
        text.remove_prefix(1);
        return seconds;
    }
    return 0;
}

std::optional<std::int64_t> parse_seconds(std::string_view text) {
    std::int64_t total = 0, last_unit = longest_span;
    while (!text.empty()) {
        const auto count = consume_number(text);
        if (!count) return {};
        if (text.empty() && last_unit == longest_span) return count;
        const std::int64_t unit = consume_unit(text);
        if (unit == 0 || unit >= last_unit) return {};
        last_unit = unit;
        total += *count * unit;
    }
    return total;
}

std::optional<WallTime> parse_local(const std::string& text) {
    for (const char* format : {"%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"}) {
        std::tm parts{};
        parts.tm_isdst = -1;
        const char* end = ::strptime(text.c_str(), format, &parts);
        if (end != nullptr && *end == '\0')
            return std::chrono::system_clock::from_time_t(std::mktime(&parts));
    }
    return {};
}

std::string local_text(WallTime time, const char* format) {
    const std::time_t whole =
        std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(time));
    std::tm parts{};
    ::localtime_r(&whole, &parts);
    std::array<char, 32> text{};
    return {text.data(), std::strftime(text.data(), text.size(), format, &parts)};
}

}  // namespace

std::optional<std::chrono::seconds> parse_duration(std::string_view text) {
    const auto seconds = parse_seconds(text);
    if (!seconds || *seconds == 0 || *seconds > longest_span) return {};
    return std::chrono::seconds(*seconds);
}

std::optional<WallTime> parse_since(std::string_view text, WallTime now) {
    if (const auto ago = parse_duration(text)) return now - *ago;
    if (const auto time = parse_iso_time(text)) return time;
    return parse_local(std::string(text));
}

std::string clock_text(WallTime time) { return local_text(time, "%H:%M:%S"); }

std::string date_text(WallTime time) { return local_text(time, "%Y-%m-%d"); }

std::string duration_text(std::chrono::nanoseconds duration) {
    const auto seconds =
        std::max<std::int64_t>(0, std::chrono::floor<std::chrono::seconds>(duration).count());
    constexpr std::int64_t minute = 60;
    constexpr std::int64_t hour = 60 * minute;
    constexpr std::int64_t day = 24 * hour;
    if (seconds < 2 * minute) return std::to_string(seconds) + " s";
    if (seconds < 2 * hour) return std::to_string(seconds / minute) + " min";
    if (seconds < 2 * day) return std::to_string(seconds / hour) + " h";
    return std::to_string(seconds / day) + " d";
}

std::string took_text(std::chrono::milliseconds took) {
    return took < 10s ? std::to_string(took.count()) + " ms" : duration_text(took);
}

}  // namespace dockerext::cli
