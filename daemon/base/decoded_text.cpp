#include "base/decoded_text.hpp"

#include <array>
#include <optional>

namespace dockerext {
namespace {

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::optional<std::uint32_t> hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return std::nullopt;
}

/// The value of the `digits` hexadecimal digits at `at`.
std::optional<std::uint32_t> hex_at(std::string_view text, std::size_t at, std::size_t digits) {
    if (at + digits > text.size()) return std::nullopt;
    std::uint32_t number = 0;
    for (const char c : text.substr(at, digits)) {
        const auto digit = hex_digit(c);
        if (!digit) return std::nullopt;
        number = number << 4U | *digit;
    }
    return number;
}

std::string utf8_of(std::uint32_t point) {
    const auto tail = [&](unsigned shift) { return static_cast<char>(0x80U | (point >> shift & 0x3FU)); };
    if (point < 0x80) return {static_cast<char>(point)};
    if (point < 0x800) return {static_cast<char>(0xC0U | point >> 6U), tail(0)};
    if (point < 0x10000) return {static_cast<char>(0xE0U | point >> 12U), tail(6), tail(0)};
    return {static_cast<char>(0xF0U | (point >> 18U & 7U)), tail(12), tail(6), tail(0)};
}

/// The character of an escape, and the length of the escape in bytes.
struct Escape {
    std::string bytes;
    std::size_t size = 0;
};

/// \uXXXX, or two of them for one character (RFC 8259, 7).
std::optional<Escape> utf16_escape(std::string_view text, std::size_t at) {
    const auto first = hex_at(text, at + 2, 4);
    if (!first) return std::nullopt;
    const bool is_high = *first >= 0xD800 && *first < 0xDC00;
    if (is_high && text.substr(at + 6, 2) == "\\u") {
        const auto second = hex_at(text, at + 8, 4);
        if (second && *second >= 0xDC00 && *second < 0xE000)
            return Escape{utf8_of(0x10000 + ((*first - 0xD800) << 10U) + (*second - 0xDC00)), 12};
    }
    return Escape{utf8_of(*first), 6};
}

/// The escape at `at`, as in JSON or Go's %q; nullopt if there is none.
std::optional<Escape> escape_at(std::string_view text, std::size_t at) {
    if (text[at] != '\\' || at + 1 == text.size()) return std::nullopt;
    switch (const char kind = text[at + 1]) {
    case '"':
    case '\'':
    case '\\':
    case '/': return Escape{std::string(1, kind), 2};
    case 'n':
    case 't':
    case 'r':
    case 'v':
    case 'f': return Escape{" ", 2};
    case 'a': return Escape{"\a", 2};
    case 'b': return Escape{"\b", 2};
    case 'u': return utf16_escape(text, at);
    case 'x':
        if (const auto byte = hex_at(text, at + 2, 2)) return Escape{{static_cast<char>(*byte)}, 4};
        return std::nullopt;
    case 'U':
        if (const auto point = hex_at(text, at + 2, 8)) return Escape{utf8_of(*point), 10};
        return std::nullopt;
    default: return std::nullopt;
    }
}

DecodedText unescaped(const DecodedText& decoded_text) {
    DecodedText plain;
    const std::string_view text = decoded_text.text();
    for (std::size_t at = 0; at < text.size();) {
        const auto escape = escape_at(text, at);
        const std::size_t size = escape ? escape->size : 1;
        const TextRange range = decoded_text.range(at, at + size);
        for (const char c : escape ? std::string_view(escape->bytes) : text.substr(at, 1))
            plain.add(c, range);
        at += size;
    }
    return plain;
}

enum class Plus { literal, space };

DecodedText percent_decoded(const DecodedText& decoded_text, Plus plus) {
    DecodedText plain;
    const std::string_view text = decoded_text.text();
    for (std::size_t at = 0; at < text.size();) {
        const auto byte = text[at] == '%' ? hex_at(text, at + 1, 2) : std::nullopt;
        const std::size_t size = byte ? 3 : 1;
        const bool is_blank = plus == Plus::space && text[at] == '+';
        plain.add(byte       ? static_cast<char>(*byte)
                  : is_blank ? ' '
                             : text[at],
                  decoded_text.range(at, at + size));
        at += size;
    }
    return plain;
}

std::optional<std::uint32_t> base64_digit(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == '+' || c == '-') return 62;
    if (c == '/' || c == '_') return 63;
    return std::nullopt;
}

/// Decodes base64 digit by digit.
class Base64Digits {
public:
    explicit Base64Digits(DecodedText& into) : into_(into) {}

    void append(std::uint32_t digit, TextRange range) {
        if (bits_ == 0) begin_ = range.begin;
        pending_ = pending_ << 6U | digit;
        bits_ += 6;
        if (bits_ < 8) return;
        bits_ -= 8;
        into_.add(static_cast<char>(pending_ >> bits_ & 0xFFU), {begin_, range.end});
        begin_ = range.begin;
    }

private:
    DecodedText& into_;
    std::uint32_t pending_ = 0, begin_ = 0;
    unsigned bits_ = 0;
};

/// Decodes the digits at the places `run` of `decoded_text` except for the first `skipped`, and separates the
/// result from what follows.
void decode(const DecodedText& decoded_text, const std::vector<std::size_t>& run, std::size_t skipped,
            DecodedText& decoded) {
    Base64Digits digits(decoded);
    for (std::size_t i = skipped; i < run.size(); ++i)
        digits.append(*base64_digit(decoded_text.text()[run[i]]), decoded_text.range(run[i]));
    if (!run.empty()) decoded.add('\0', decoded_text.range(run.back()));
}

constexpr std::size_t shortest_full_line = 32;  ///< of base64 that is split into lines, except for the last

/// Finds runs of base64 digits, also across lines.
std::vector<std::vector<std::size_t>> base64_runs(std::string_view text, std::size_t shortest) {
    std::vector<std::vector<std::size_t>> runs(1);
    std::size_t line = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (base64_digit(text[at])) {
            runs.back().push_back(at);
            ++line;
            continue;
        }
        const bool continues = text[at] == ' ' && line >= shortest_full_line;
        line = 0;
        if (continues) continue;
        if (runs.back().size() >= shortest) runs.emplace_back();
        else runs.back().clear();
    }
    if (runs.back().size() < shortest) runs.pop_back();
    return runs;
}

}  // namespace

DecodedText::DecodedText(std::string_view text) {
    text_.reserve(text.size());
    ranges_.reserve(text.size());
    for (std::uint32_t at = 0; at < text.size(); ++at) add(text[at], {at, at + 1});
}

void DecodedText::add(char c, TextRange range) {
    const bool blank = is_blank(c);
    if (blank && !text_.empty() && text_.back() == ' ') {
        ranges_.back().end = range.end;
        return;
    }
    text_ += blank ? ' ' : c;
    ranges_.push_back(range);
}

std::vector<DecodedText> decodings(const DecodedText& decoded_text, std::size_t shortest_run) {
    std::vector<DecodedText> others;
    const auto has = [&](char c) { return decoded_text.text().find(c) != std::string_view::npos; };
    if (has('\\')) others.push_back(unescaped(decoded_text));
    if (has('%')) others.push_back(percent_decoded(decoded_text, Plus::literal));
    if (has('+')) others.push_back(percent_decoded(decoded_text, Plus::space));
    const auto runs = base64_runs(decoded_text.text(), shortest_run);
    for (std::size_t skipped = 0; skipped < 4 && !runs.empty(); ++skipped) {
        DecodedText& decoded = others.emplace_back();
        for (const auto& run : runs) decode(decoded_text, run, skipped, decoded);
    }
    return others;
}

}  // namespace dockerext
