#include "compose/command_line.hpp"

#include <gtest/gtest.h>

namespace dockerext::compose {
namespace {

using Words = std::vector<std::string>;

TEST(SplitCommand, SplitsAsComposeDoes) {
    const std::vector<std::pair<std::string, Words>> table{
        {"a b", {"a", "b"}},
        {"a 'b c' \"d e\"", {"a", "b c", "d e"}},
        {"a\\ b", {"a b"}},
        {"", {}},
        {"  ", {}},
        {"a\nb\tc", {"a", "b", "c"}},
        {"a '' b", {"a", "", "b"}},
        {"\"\"", {""}},
        {"a\"b\"c", {"abc"}},
        {"a=\"b c\" d", {"a=b c", "d"}},
        {"a \"x\\ny\"", {"a", "xny"}},
        {"a \"x\\\"y\"", {"a", "x\"y"}},
        {"a '\\n'", {"a", "\\n"}},
        {"# a", {"#", "a"}},
        {"a `b c`", {"a", "`b c`"}},
        {"a`b c`d", {"a`b c`d"}},
        {"x '`a`' \"`b c`\"", {"x", "`a`", "`b c`"}},
        {"a $(b c)", {"a", "$(b c)"}},
        {"a ')' '('", {"a", ")", "("}},
        {"a {b} [c] *", {"a", "{b}", "[c]", "*"}},
        {"a\\;b 'c|d'", {"a;b", "c|d"}},
        {"é ü", {"é", "ü"}},
    };
    for (const auto& [text, words] : table) {
        SCOPED_TRACE(text);
        const auto line = split_command(text);
        ASSERT_TRUE(line) << line.error().message();
        EXPECT_EQ(line->words, words);
        EXPECT_EQ(line->ignored, "");
    }
}

TEST(SplitCommand, StopsAtAnUnquotedShellOperator) {
    struct Row {
        std::string_view text;
        Words words;
        std::string_view ignored;
    };
    const std::vector<Row> table{
        {"a && b", {"a"}, "&& b"}, {"a|b", {"a"}, "|b"},    {"a; b", {"a"}, "; b"},      {"a>b", {"a"}, ">b"},
        {"a 2>&1", {"a"}, ">&1"},  {"a < b", {"a"}, "< b"}, {"a 2<b", {"a", "2"}, "<b"},
    };
    for (const Row& row : table) {
        SCOPED_TRACE(row.text);
        const auto line = split_command(row.text);
        ASSERT_TRUE(line) << line.error().message();
        EXPECT_EQ(line->words, row.words);
        EXPECT_EQ(line->ignored, row.ignored);
    }
}

TEST(SplitCommand, RefusesWhatIsNotClosed) {
    for (const std::string_view text : {"a (b)", "a \"b", "a 'b", "a\\", "a )", "a `b", "a $(b"}) {
        EXPECT_FALSE(split_command(text)) << text;
    }
}

}  // namespace
}  // namespace dockerext::compose
