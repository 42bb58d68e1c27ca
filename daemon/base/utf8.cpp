#include "base/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace dockerext {
namespace {

struct Lead {
    std::size_t length;
    char32_t bits;      ///< the first byte's part of the code point
    char32_t smallest;  ///< the smallest code point of this length; less is an overlong form
};

Lead lead(unsigned char byte) {
    if (byte < 0x80) return {1, byte, 0};
    if (byte >= 0xC2 && byte < 0xE0) return {2, byte & 0x1Fu, 0x80};
    if (byte >= 0xE0 && byte < 0xF0) return {3, byte & 0x0Fu, 0x800};
    if (byte >= 0xF0 && byte < 0xF5) return {4, byte & 0x07u, 0x10000};
    return {0, 0, 0};
}

struct Range {
    char32_t first, last;
};

/// C0, DEL and C1; then characters that reorder a line or are invisible.
constexpr std::array<Range, 7> unprintable{{{0, 0x1F},
                                            {0x7F, 0x9F},
                                            {0x200B, 0x200F},
                                            {0x2028, 0x202E},
                                            {0x2060, 0x206F},
                                            {0xFEFF, 0xFEFF},
                                            {0xFFF9, 0xFFFB}}};

/// ASCII without NUL, as nearly all text is.
bool is_plain(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char byte) { return static_cast<signed char>(byte) > 0; });
}

bool is_scalar(char32_t point) { return point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF); }

}  // namespace

std::optional<char32_t> next_code_point(std::string_view& text) {
    const std::string_view whole = text;
    text.remove_prefix(1);
    const auto [length, bits, smallest] = lead(static_cast<unsigned char>(whole.front()));
    if (length == 0 || length > whole.size()) return {};
    char32_t point = bits;
    for (std::size_t i = 1; i < length; ++i) {
        const auto byte = static_cast<unsigned char>(whole[i]);
        if ((byte & 0xC0u) != 0x80) return {};
        point = (point << 6) | (byte & 0x3Fu);
    }
    if (point < smallest || !is_scalar(point)) return {};
    text.remove_prefix(length - 1);
    return point;
}

void append_utf8(std::string& text, char32_t point) {
    const auto put = [&text](char32_t byte) { text += static_cast<char>(byte); };
    const auto follow = [&put](char32_t bits) { put(0x80 | (bits & 0x3F)); };
    if (point < 0x80) return put(point);
    if (point < 0x800) return put(0xC0 | (point >> 6)), follow(point);
    if (point < 0x10000) return put(0xE0 | (point >> 12)), follow(point >> 6), follow(point);
    put(0xF0 | (point >> 18)), follow(point >> 12), follow(point >> 6), follow(point);
}

bool is_printable(char32_t point) noexcept {
    if (point >= 0x20 && point < 0x7F) return true;  // nearly all text
    return std::none_of(unprintable.begin(), unprintable.end(),
                        [&](const Range& range) { return range.first <= point && point <= range.last; });
}

bool is_utf8(std::string_view text) {
    if (is_plain(text)) return true;
    while (!text.empty()) {
        if (!next_code_point(text)) return false;
    }
    return true;
}

std::string valid_utf8(std::string_view text) {
    if (is_plain(text)) return std::string(text);
    std::string valid;
    valid.reserve(text.size());
    while (!text.empty()) {
        const char32_t point = next_code_point(text).value_or(0);
        append_utf8(valid, point != 0 ? point : U'\uFFFD');
    }
    return valid;
}

}  // namespace dockerext
