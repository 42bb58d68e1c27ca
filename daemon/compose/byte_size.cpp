#include "compose/byte_size.hpp"

#include "compose/scalar.hpp"

#include <charconv>
#include <cmath>
#include <string>

namespace dockerext::compose {
namespace {

Error invalid(std::string_view text, std::string_view why) {
    return {ErrorKind::invalid_input,
            "invalid size '" + std::string(text) + "': " + std::string(why) + ", as in 64m or 1.5gb"};
}

/// The power of 1024 that a suffix means; -1 if it is not a unit.
int power_of(std::string_view suffix) {
    if (suffix.empty() || suffix == "b") return 0;
    const std::size_t power = std::string_view("kmgtp").find(suffix.front());
    const std::string_view rest = suffix.substr(1);
    if (power == std::string_view::npos || !(rest.empty() || rest == "b" || rest == "ib")) return -1;
    return static_cast<int>(power) + 1;
}

}  // namespace

Result<model::Bytes> parse_bytes(std::string_view text) {
    const std::size_t split = text.find_last_of("0123456789. ") + 1;
    const std::string_view number = text.substr(0, split);
    const std::string_view digits = number.ends_with(' ') ? number.substr(0, number.size() - 1) : number;
    double value = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (digits.empty() || parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size()) {
        return invalid(text, "expected a number");
    }
    if (!(value >= 0)) return invalid(text, "it must not be negative");
    const int power = power_of(lower(text.substr(split)));
    if (power < 0) return invalid(text, "unknown unit '" + std::string(text.substr(split)) + "'");
    const double bytes = std::ldexp(value, 10 * power);
    if (!(bytes < 0x1p63)) return invalid(text, "too large");
    return model::Bytes{static_cast<std::int64_t>(bytes)};
}

}  // namespace dockerext::compose
