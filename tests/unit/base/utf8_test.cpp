#include "base/utf8.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dockerext {
namespace {

using namespace std::string_literals;

struct Case {
    std::string name, given, expected;
};

TEST(ValidUtf8, ReplacesEachInvalidByte) {
    const std::vector<Case> cases{
        {"ASCII stays", "web: 1/2\n", "web: 1/2\n"},
        {"two, three and four bytes stay", "ä→😀", "ä→😀"},
        {"the last code point stays", "\xF4\x8F\xBF\xBF", "\xF4\x8F\xBF\xBF"},
        {"beyond the last", "\xF4\x90\x80\x80", "����"},
        {"a continuation alone", "a\x80z", "a�z"},
        {"cut short at the end", "a\xE2\x86", "a��"},
        {"cut short by another character", "\xE2\x86z", "��z"},
        {"overlong", "\xC0\xAF", "��"},
        {"surrogate", "\xED\xA0\x80", "���"},
        {"bytes that are never valid", "\xFF\xFE", "��"},
        {"NUL", "a\0b"s, "a�b"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        EXPECT_EQ(valid_utf8(c.given), c.expected);
    }
}

TEST(ValidUtf8, LeavesEveryScalarValueAsItIs) {
    for (char32_t point = 1; point <= 0x10FFFF; ++point) {
        if (point >= 0xD800 && point <= 0xDFFF) continue;
        std::string text;
        append_utf8(text, point);
        std::string_view rest = text;
        ASSERT_EQ(next_code_point(rest), point);
        ASSERT_TRUE(rest.empty());
    }
}

}  // namespace
}  // namespace dockerext
