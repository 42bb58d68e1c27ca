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

}  // namespace dockerext::compose
