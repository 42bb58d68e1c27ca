#include "base/iso_time.hpp"

#include <array>
#include <cstdint>
#include <cstdio>
#include <ctime>

namespace dockerext {
namespace {

using std::chrono::system_clock;

/// Parses ".123Z" or "Z" as a part of a second.
std::optional<std::chrono::nanoseconds> parse_fraction(std::string_view text) {
    if (text == "Z") return std::chrono::nanoseconds::zero();
    if (text.size() < 3 || text.size() > 11 || text.front() != '.' || text.back() != 'Z') return {};
    std::int64_t nanoseconds = 0, weight = 100'000'000;
    for (const char digit : text.substr(1, text.size() - 2)) {
        if (digit < '0' || digit > '9') return {};
        nanoseconds += (digit - '0') * weight;
        weight /= 10;
    }
    return std::chrono::nanoseconds(nanoseconds);
}

}  // namespace

std::string iso_time(system_clock::time_point time) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    const auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(time - seconds);
    const std::time_t whole = system_clock::to_time_t(seconds);
    std::tm parts{};
    ::gmtime_r(&whole, &parts);
    std::array<char, 40> text{};
    const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    std::snprintf(text.data() + size, text.size() - size, ".%03dZ", static_cast<int>(rest.count()));
    return text.data();
}

std::optional<system_clock::time_point> parse_iso_time(std::string_view text) {
    constexpr std::size_t whole = sizeof "2024-01-31T12:00:00" - 1;
    if (text.size() <= whole) return {};
    const auto fraction = parse_fraction(text.substr(whole));
    const std::string until_seconds(text.substr(0, whole));
    std::tm parts{};
    const char* end = ::strptime(until_seconds.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
    if (!fraction || end == nullptr || *end != '\0' || parts.tm_year > 2261 - 1900) return {};
    if (parts.tm_year < 1970 - 1900) return system_clock::time_point{};
    return system_clock::from_time_t(::timegm(&parts)) + *fraction;
}

}  // namespace dockerext
