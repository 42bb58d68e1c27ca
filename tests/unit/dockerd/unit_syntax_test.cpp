#include "dockerd/unit_syntax.hpp"

#include <gtest/gtest.h>

namespace dockerext::dockerd {
namespace {

using Words = std::vector<std::string>;
using Variables = std::map<std::string, std::string>;

std::string lines_of(std::string_view text) {
    std::string lines;
    for (const UnitSetting& setting : unit_settings(text)) {
        lines += setting.section + "." + setting.key + "=" + setting.value + "\n";
    }
    return lines;
}

TEST(UnitSyntax, ReadsSettingsSectionBySection) {
    const std::pair<const char*, const char*> table[] = {
        {"", ""},
        {"[Unit]\nA=b\n[Service]\nA=c", "Unit.A=b\nService.A=c\n"},
        {"[Service]\r\n  A =  b c \r\n", "Service.A=b c\n"},
        {"[Service]\nA=\nA = b=c\n", "Service.A=\nService.A=b=c\n"},
        {"# A=b\n; A=c\n  # A=d\n[S]\nno assignment\nA=e # f\n", "S.A=e # f\n"},
        {"[S]\nA=b \\\n  c\\\nd\nE=f\n", "S.A=b  c d\nS.E=f\n"},
        {"[S]\nA=b \\\n# not this\n  ; nor this\n  c\nE=f\n", "S.A=b  c\nS.E=f\n"},
        {"[S]\nA=b\\\\\nE=f\n", "S.A=b\\\\\nS.E=f\n"},
        {"[S]\nA=b\\\\\\\nc\n", "S.A=b\\\\ c\n"},
        {"[S]\nA=b \\", "S.A=b\n"},
        {"[S]\nA=b \\\n\nE=f\n", "S.A=b\nS.E=f\n"},
    };
    for (const auto& [text, lines] : table) EXPECT_EQ(lines_of(text), lines) << text;
}

TEST(UnitSyntax, SplitsIntoWords) {
    const std::pair<const char*, Words> table[] = {
        {"", {}},
        {"  a \t b  ", {"a", "b"}},
        {R"("a b" 'c "d' "" '')", {"a b", "c \"d", "", ""}},
        {R"(--label="a b" x"y'z"'w"v')", {"--label=a b", "xy'zw\"v"}},
        {R"(a\sb \x41\102 \u00e9\U0001F433 \t\n \\ \" \')",
         {"a b", "AB", "\u00e9\U0001F433", "\t\n", "\\", "\"", "'"}},
        {R"("a\"b" 'a\'b')", {"a\"b", "a'b"}},
        {R"(\q \xZZ \000 \x4 a\)", {"\\q", "\\xZZ", "\\000", "\\x4", "a\\"}},
        {R"($A ${B} %i ; \;)", {"$A", "${B}", "%i", ";", "\\;"}},
    };
    for (const auto& [text, words] : table) {
        const auto split = unit_words(text);
        ASSERT_TRUE(split) << text;
        EXPECT_EQ(*split, words) << text;
    }
    EXPECT_EQ(unit_words("a 'b c").error().message(), "a quote is not closed in: b c");
    EXPECT_EQ(*unit_words(R"(a\tb "c\"d e")", Escapes::simple), (Words{"atb", "c\"d e"}));
}

TEST(UnitSyntax, QuotesWhatNeedsIt) {
    const std::pair<const char*, const char*> table[] = {
        {"--dns=8.8.8.8", "--dns=8.8.8.8"},
        {"--host=tcp://[::]:2376", "--host=tcp://[::]:2376"},
        {"", R"("")"},
        {"--label=a b", R"("--label=a b")"},
        {";", R"(";")"},
        {"it's", R"("it's")"},
        {"say \"hi\"", R"("say \"hi\"")"},
        {"C:\\d", R"("C:\\d")"},
        {"a\tb\nc\x7F", R"("a\x09b\x0ac\x7f")"},
        {"\u00e9\U0001F433", "\"\u00e9\U0001F433\""},
    };
    for (const auto& [word, quoted] : table) {
        EXPECT_EQ(unit_word(word), quoted);
        EXPECT_EQ(*unit_words(quoted), Words{word});
    }
}

TEST(UnitSyntax, ReadsFilesOfVariables) {
    const std::pair<const char*, Variables> table[] = {
        {"", {}},
        {"# A=b\n ; A=c\nA=d\n", {{"A", "d"}}},
        {"A=b\nA=c", {{"A", "c"}}},
        {"A=\nB = c  \n no assignment\nC=d=e\n", {{"A", ""}, {"B", "c"}, {"C", "d=e"}}},
        {"A=\"b c\"\nB='d \"e\\' \n", {{"A", "b c"}, {"B", "d \"e\\"}}},
        {"A=\"b\" \"c\" d'e'\n", {{"A", "bcd'e'"}}},
        {"A=b \\\n  c\n", {{"A", "b   c"}}},
        {"A=b\\ \nB=\\\"c\\\"\n", {{"A", "b "}, {"B", "\"c\""}}},
        {"A=\"b \\\n c \\$d \\e\"\n", {{"A", "b  c $d \\e"}}},
        {"# goes on \\\nA=b\nC=d\n", {{"C", "d"}}},
        {"A=\"open\nB=c\n", {{"A", "open\nB=c\n"}}},
        {"A=b\r\nC=d\r\n", {{"A", "b"}, {"C", "d"}}},
    };
    for (const auto& [text, variables] : table) EXPECT_EQ(environment_file(text), variables) << text;
}

}  // namespace
}  // namespace dockerext::dockerd
