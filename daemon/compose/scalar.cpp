#include "compose/scalar.hpp"

#include "base/overloaded.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace dockerext::compose {
namespace {

template <typename Number>
std::string shortest(Number number, bool scientific) {
    std::array<char, 64> buffer{};
    const auto format = scientific ? std::chars_format::scientific : std::chars_format::fixed;
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, format);
    return {buffer.data(), end.ptr};
}

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

std::string go_text(double number) {
    if (std::isnan(number)) return "NaN";
    if (std::isinf(number)) return number > 0 ? "+Inf" : "-Inf";
    const double size = std::abs(number);
    return shortest(number, size != 0 && (size < 1e-4 || size >= 1e6));
}

std::string go_json(float number) {
    const float size = std::abs(number);
    std::string text = shortest(number, size != 0 && (size < 1e-6F || size >= 1e21F));
    const std::size_t exponent = text.find("e-0");
    if (exponent != std::string::npos) text.erase(exponent + 2, 1);
    return text;
}

std::optional<std::string> scalar_text(const Node& node) {
    const auto text = overloaded{
        [](const std::string& value) -> std::optional<std::string> { return value; },
        [](bool value) -> std::optional<std::string> { return value ? "true" : "false"; },
        [](std::int64_t value) -> std::optional<std::string> { return std::to_string(value); },
        [](std::uint64_t value) -> std::optional<std::string> { return std::to_string(value); },
        [](double value) -> std::optional<std::string> { return go_text(value); },
        [](const auto&) -> std::optional<std::string> { return std::nullopt; },
    };
    return std::visit(text, node.value);
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
    if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
    std::int64_t number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
    return whole ? std::optional(number) : std::nullopt;
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

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

Result<model::RestartPolicy> parse_restart(std::string_view text) {
    using Kind = model::RestartPolicy::Kind;
    if (text.empty()) return model::RestartPolicy{};
    if (const auto kind = from_string<Kind>(text)) return model::RestartPolicy{.kind = *kind};
    constexpr std::string_view limited = "on-failure:";
    if (text.starts_with(limited)) {
        const auto limit = parse_integer(text.substr(limited.size()));
        if (limit && *limit >= 0 && *limit <= 1'000'000'000) {
            model::RestartPolicy policy{.kind = Kind::on_failure};
            model::set_from(*limit, policy.max_retries);
            return policy;
        }
    }
    return Error(
        ErrorKind::invalid_input,
        "expected no, always, unless-stopped, on-failure or on-failure:N, found '" + std::string(text) + "'");
}

}  // namespace dockerext::compose
