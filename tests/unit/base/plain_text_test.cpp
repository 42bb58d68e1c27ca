#include "base/plain_text.hpp"

#include <gtest/gtest.h>

namespace dockerext {
namespace {

TEST(PlainText, RemovesControlSequences) {
    const std::pair<const char*, const char*> cases[] = {
        {"plain", "plain"},
        {"one\ntwo\n", "one\ntwo"},
        {"50%\r100%\r\ndone", "50%\n100%\ndone"},
        {"\x1b[31mred\x1b[0m and \x1b[1;4mbold", "red and bold"},
        {"\x1b]0;title\atext", "text"},
        {"\x1b]8;;http://x\x1b\\link", "link"},
        {"bell\a nul\x01 del\x7f", "bell nul del"},
        {"c1 \xc2\x9b"
         "31m",
         "c1 31m"},
        {"tab\there", "tab here"},
        {"gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"},
        {"bad \xff byte", "bad \xef\xbf\xbd byte"},
        {"\n\n  a  \n \nb", "  a\nb"},
        {"\x1b", ""},
        {"\x1b[", ""},
        {"\x1b]0;never ends", ""},
    };
    for (const auto& [input, plain] : cases) EXPECT_EQ(plain_text(input), plain);
}

TEST(LastLines, KeepsTheEnd) {
    EXPECT_EQ(last_lines("a\nb\nc", 2, 100), "b\nc");
    EXPECT_EQ(last_lines("a\nb\nc", 9, 100), "a\nb\nc");
    EXPECT_EQ(last_lines("aaaa\nbb\nc", 9, 4), "bb\nc") << "whole lines only";
    EXPECT_EQ(last_lines("a long last line", 9, 6), "a long");
    EXPECT_EQ(last_lines("", 9, 100), "");
}

}  // namespace
}  // namespace dockerext
