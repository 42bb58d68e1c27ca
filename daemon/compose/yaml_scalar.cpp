#include "compose/yaml_scalar.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <optional>
#include <utility>

namespace dockerext::compose {
namespace {

using Value = decltype(Node::value);

constexpr std::string_view yaml_tags = "tag:yaml.org,2002:";

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), text) != words.end();
}

std::optional<Value> keyword_of(std::string_view text) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    if (is_one_of(text, {"", "~", "null", "Null", "NULL"})) return Value(nullptr);
    if (is_one_of(text, {"true", "True", "TRUE"})) return Value(true);
    if (is_one_of(text, {"false", "False", "FALSE"})) return Value(false);
    if (is_one_of(text, {".nan", ".NaN", ".NAN"})) return Value(std::nan(""));
    if (is_one_of(text, {".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"})) return Value(infinity);
    if (is_one_of(text, {"-.inf", "-.Inf", "-.INF"})) return Value(-infinity);
    return std::nullopt;
}

/// Removes "0x", "0o", "0b" or the "0" of an octal number from the front of the digits.
int parse_base(std::string_view& digits) {
    if (digits.size() < 2 || digits[0] != '0') return 10;
    const char mark = static_cast<char>(digits[1] | 0x20);
    const int base = mark == 'x' ? 16 : mark == 'o' ? 8 : mark == 'b' ? 2 : 0;
    digits.remove_prefix(base == 0 ? 1 : 2);
    return base == 0 ? 8 : base;
}

std::optional<Value> integer_of(std::string_view text) {
    const bool negative = text.starts_with('-');
    const bool positive = text.starts_with('+');
    if (negative || positive) text.remove_prefix(1);
    const int base = parse_base(text);
    std::uint64_t number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number, base);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
    constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
    if (negative && number <= most + 1) return Value(static_cast<std::int64_t>(0 - number));
    if (!negative && number <= most) return Value(static_cast<std::int64_t>(number));
    return negative || positive ? std::nullopt : std::optional(Value(number));
}

std::size_t count_digits(std::string_view text) {
    return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
}

/// Whether the text has digits, with or without a point and an exponent.
bool is_decimal(std::string_view text) {
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    const std::size_t whole = count_digits(text);
    text.remove_prefix(whole);
    if (text.starts_with('.')) {
        const std::size_t part = count_digits(text.substr(1));
        if (whole + part == 0) return false;
        text.remove_prefix(1 + part);
    } else if (whole == 0) {
        return false;
    }
    if (text.empty()) return true;
    if (text.front() != 'e' && text.front() != 'E') return false;
    text.remove_prefix(1);
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    return !text.empty() && count_digits(text) == text.size();
}

std::optional<Value> decimal_of(const std::string& text) {
    if (!is_decimal(text)) return std::nullopt;
    const double number = std::strtod(text.c_str(), nullptr);  // the process always has the locale "C"
    return std::isinf(number) ? std::nullopt : std::optional(Value(number));
}

std::optional<Value> number_of(std::string text) {
    if (text.starts_with('.')) return decimal_of(text);
    if (!is_digit(text[0]) && text[0] != '-' && text[0] != '+') return std::nullopt;
    std::erase(text, '_');
    const auto whole = integer_of(text);
    return whole ? whole : decimal_of(text);
}

/// The value of a scalar without quotes and tag.
Value plain_value(std::string text) {
    if (auto word = keyword_of(text)) return std::move(*word);
    if (auto number = number_of(text)) return std::move(*number);
    return Value(std::move(text));
}

Error tag_mismatch(std::string_view text, std::string_view tag) {
    return {ErrorKind::invalid_input,
            "'" + std::string(text) + "' does not fit its tag !!" + std::string(tag)};
}

Result<Value> tagged_value(std::string text, std::string_view tag) {
    if (tag == "str") return Value(std::move(text));
    if (tag == "binary" || tag == "timestamp") {
        return Error(ErrorKind::invalid_input, "the tag !!" + std::string(tag) + " is not supported here");
    }
    if (!is_one_of(tag, {"int", "float", "bool", "null"})) return Value(std::move(text));
    Value value = plain_value(text);
    if (tag == "float") {
        if (const auto* whole = std::get_if<std::int64_t>(&value)) value = static_cast<double>(*whole);
    }
    const bool fits = (tag == "null" && std::holds_alternative<std::nullptr_t>(value)) ||
                      (tag == "bool" && std::holds_alternative<bool>(value)) ||
                      (tag == "float" && std::holds_alternative<double>(value)) ||
                      (tag == "int" && (std::holds_alternative<std::int64_t>(value) ||
                                        std::holds_alternative<std::uint64_t>(value)));
    return fits ? Result<Value>(std::move(value)) : tag_mismatch(text, tag);
}

}  // namespace

Result<Node> yaml_scalar(std::string text, std::string_view tag, bool plain) {
    Node node;
    if (tag.starts_with(yaml_tags)) {
        auto value = tagged_value(std::move(text), tag.substr(yaml_tags.size()));
        if (!value) return value.error();
        node.value = std::move(*value);
    } else if (plain && (tag.empty() || tag == "!")) {
        node.value = plain_value(std::move(text));
    } else {
        node.value = std::move(text);
    }
    return node;
}

}  // namespace dockerext::compose
