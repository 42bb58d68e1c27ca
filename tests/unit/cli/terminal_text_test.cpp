#include "cli/terminal_text.hpp"

#include <gtest/gtest.h>

namespace dockerext::cli {
namespace {

using namespace std::string_literals;

TEST(Printable, HasNoControlSequences) {
    struct Case {
        std::string name, given, expected;
    };
    const std::vector<Case> cases{
        {"plain", "web: 64 → 128 MiB", "web: 64 → 128 MiB"},
        {"escape sequence", "\x1b[31mred", "�[31mred"},
        {"title", "\x1b]0;owned\x07", "�]0;owned�"},
        {"C1 control",
         "a\xC2\x9B"
         "31m",
         "a�31m"},
        {"C1 control as a byte",
         "a\x9B"
         "31m",
         "a�31m"},
        {"carriage return", "good\rbad", "good�bad"},
        {"line end and tab", "a\nb\tc", "a b c"},
        {"NUL and DEL", "a\0b\x7F"s, "a�b�"},
        {"right to left", "a\u202Eb", "a�b"},
        {"invisible", "a\u200Bb", "a�b"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        EXPECT_EQ(printable(c.given), c.expected);
    }
    EXPECT_EQ(printable_lines("a\n\tb\x1b"), "a\n\tb�");
}

TEST(Width, CountsColumns) {
    EXPECT_EQ(width_of("web"), 3U);
    EXPECT_EQ(width_of("→ä"), 2U);
    EXPECT_EQ(width_of("日本"), 4U);
    EXPECT_EQ(width_of("e\u0301"), 1U);
}

TEST(Wrap, BreaksAtSpacesWhereItCan) {
    using Lines = std::vector<std::string>;
    EXPECT_EQ(wrap("", 10), Lines{""});
    EXPECT_EQ(wrap("one two three", 8), (Lines{"one two", "three"}));
    EXPECT_EQ(wrap("one two three", 7), (Lines{"one two", "three"}));
    EXPECT_EQ(wrap("onetwothree four", 6), (Lines{"onetwo", "three", "four"}));
    EXPECT_EQ(wrap("日本日本", 5), (Lines{"日本", "日本"}));
    EXPECT_EQ(wrap("a\n\nb", 10), (Lines{"a", "", "b"}));
    EXPECT_EQ(wrap("日本", 1), (Lines{"日", "本"}));
    EXPECT_EQ(wrap("ends here   ", 9), Lines{"ends here"});
}

TEST(Wrap, KeepsWordsWholeForOtherPrograms) {
    using Lines = std::vector<std::string>;
    EXPECT_EQ(wrap("a onetwothree four", 6, true), (Lines{"a", "onetwothree", "four"}));
    EXPECT_EQ(wrap("onetwothree", 6, true), Lines{"onetwothree"});
}

TEST(Coloured, OnlyWhereThereAreColours) {
    EXPECT_EQ(coloured("ok", Colour::good, {80, true}), "\033[32mok\033[0m");
    EXPECT_EQ(coloured("ok", Colour::good, {80, false}), "ok");
    EXPECT_EQ(coloured("ok", Colour::none, {80, true}), "ok");
}

}  // namespace
}  // namespace dockerext::cli
