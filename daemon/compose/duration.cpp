#include "compose/duration.hpp"

#include "base/ascii.hpp"

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

namespace dockerext::compose {
namespace {

using std::chrono::nanoseconds;

struct TimeUnit {
    std::string_view name;
    std::int64_t size;  ///< in nanoseconds
};
constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t hour = 3600 * second;
constexpr std::int64_t day = 24 * hour;
constexpr std::array<TimeUnit, 10> units{{{"ns", 1},
                                          {"us", 1'000},
                                          {"\u00b5s", 1'000},
                                          {"\u03bcs", 1'000},
                                          {"ms", 1'000'000},
                                          {"s", second},
                                          {"m", 60 * second},
                                          {"h", hour},
                                          {"d", day},
                                          {"w", 7 * day}}};

std::optional<std::int64_t> size_of(std::string_view name) {
    for (const TimeUnit& unit : units) {
        if (unit.name == name) return unit.size;
    }
    return std::nullopt;
}

std::string_view take_while(std::string_view& text, bool (*accepts)(char)) {
    std::size_t length = 0;
    while (length < text.size() && accepts(text[length])) ++length;
    const std::string_view taken = text.substr(0, length);
    text.remove_prefix(length);
    return taken;
}

/// `digits` as a number of units of `size`; none when it exceeds 64 bits.
std::optional<std::int64_t> whole(std::string_view digits, std::int64_t size) {
    std::int64_t count = 0;
    for (const char c : digits) {
        if (__builtin_mul_overflow(count, 10, &count) || __builtin_add_overflow(count, c - '0', &count)) {
            return std::nullopt;
        }
    }
    if (__builtin_mul_overflow(count, size, &count)) return std::nullopt;
    return count;
}

std::int64_t fraction(std::string_view digits, std::int64_t size) {
    double value = 0;
    double scale = 1;
    for (const char c : digits) {
        if (scale > 1e17) break;  // finer than a nanosecond in a week
        value = value * 10 + (c - '0');
        scale *= 10;
    }
    return static_cast<std::int64_t>(value * (static_cast<double>(size) / scale));
}

Error invalid(std::string_view text, std::string_view why) {
    return {ErrorKind::invalid_input, "invalid duration '" + std::string(text) + "': " + std::string(why)};
}

/// Removes one number with its unit from the front of `rest`.
Result<std::int64_t> parse_part(std::string_view text, std::string_view& rest) {
    const std::string_view digits = take_while(rest, is_digit);
    std::string_view decimals;
    if (rest.starts_with('.')) {
        rest.remove_prefix(1);
        decimals = take_while(rest, is_digit);
    }
    if (digits.empty() && decimals.empty()) return invalid(text, "expected a number, as in 1m30s");
    const auto name = take_while(rest, [](char c) { return c != '.' && !is_digit(c); });
    if (name.empty()) return invalid(text, "a unit is missing, as in 10s");
    const auto size = size_of(name);
    if (!size) return invalid(text, "unknown unit '" + std::string(name) + "'; known are ns us ms s m h d w");
    auto part = whole(digits, *size);
    if (!part || __builtin_add_overflow(*part, fraction(decimals, *size), &*part)) {
        return invalid(text, "too long");
    }
    return *part;
}

/// `count` units of 10^-digits as a decimal number without trailing zeros: (1500, 3) is "1.5".
std::string decimal(std::int64_t count, int digits) {
    std::string after;
    for (int i = 0; i < digits; ++i, count /= 10) {
        if (count % 10 != 0 || !after.empty())
            after.insert(after.begin(), static_cast<char>('0' + count % 10));
    }
    return std::to_string(count) + (after.empty() ? "" : "." + after);
}

std::string positive_text(std::int64_t count) {
    if (count == 0) return "0s";
    if (count < 1'000) return std::to_string(count) + "ns";
    if (count < 1'000'000) return decimal(count, 3) + "\u00b5s";
    if (count < second) return decimal(count, 6) + "ms";
    const std::int64_t minutes = count / (60 * second);
    std::string text = decimal(count % (60 * second), 9) + "s";
    if (minutes > 0) text.insert(0, std::to_string(minutes % 60) + "m");
    if (minutes >= 60) text.insert(0, std::to_string(minutes / 60) + "h");
    return text;
}

}  // namespace

Result<nanoseconds> parse_duration(std::string_view text) {
    std::string_view rest = text;
    const bool negative = rest.starts_with('-');
    if (negative || rest.starts_with('+')) rest.remove_prefix(1);
    if (rest == "0") return nanoseconds(0);
    if (rest.empty()) return invalid(text, "it is empty");
    std::int64_t sum = 0;
    while (!rest.empty()) {
        const auto part = parse_part(text, rest);
        if (!part) return part.error();
        if (__builtin_add_overflow(sum, *part, &sum)) return invalid(text, "too long");
    }
    return nanoseconds(negative ? -sum : sum);
}

std::string go_text(nanoseconds duration) {
    const std::int64_t count = duration.count();
    return count < 0 ? "-" + positive_text(-count) : positive_text(count);
}

}  // namespace dockerext::compose
