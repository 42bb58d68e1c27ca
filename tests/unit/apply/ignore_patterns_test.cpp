#include "apply/ignore_patterns.hpp"

#include "fuzz/plain_patterns.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace dockerext::apply {
namespace {

IgnorePatterns parsed(std::string_view text) { return IgnorePatterns::parse(text).value(); }

std::string complaint(std::string_view text) {
    const auto patterns = IgnorePatterns::parse(text);
    return patterns ? "" : patterns.error().message();
}

struct Case {
    const char* patterns;
    const char* path;
    bool ignored;
};

/// What the docker program does with the same patterns.
const Case cases[] = {
    {"", "a", false},
    {"a", "a", true},
    {"/a", "a", true},
    {"a/", "a", true},
    {"./a/../b", "b", true},
    {"a", "a/b/c", true},
    {"a", "b/a", false},
    {"a", "ab", false},
    {"# a\na # b", "a", false},
    {"  a  \r\n", "a", true},
    {"*.o", "main.o", true},
    {"*.o", "src/main.o", false},
    {"*/*.o", "src/main.o", true},
    {"*/*.o", "src/deep/main.o", false},
    {"**/*.o", "main.o", true},
    {"**/*.o", "src/deep/main.o", true},
    {"src/**", "src/deep/main.o", true},
    {"src/**", "src", false},
    {"src/**/test", "src/test", true},
    {"src/**/test", "src/a/b/test/x", true},
    {"src/**/test", "src/atest", false},
    {"a**b", "a/x/b", true},
    {"?", "a", true},
    {"?", "/", false},
    {"[a-c]x", "bx", true},
    {"[^a-c]x", "bx", false},
    {"a\\*b", "a*b", true},
    {"a\\*b", "axb", false},
    {"*\n!keep", "keep", false},
    {"*\n!keep", "other", true},
    {"dir\n!dir/keep", "dir/keep", false},
    {"dir\n!dir/keep", "dir/other", true},
    {"!a\na", "a", true},
    {"*.md\n!README*.md\nREADME-secret.md", "README-secret.md", true},
    {"*.md\n!README*.md\nREADME-secret.md", "README-all.md", false},
    {".", "a", false},
};

TEST(IgnorePatterns, MatchAsInDocker) {
    for (const Case& c : cases)
        EXPECT_EQ(parsed(c.patterns).ignores(c.path), c.ignored) << c.patterns << " on " << c.path;
}

/// Derived from the source of moby/patternmatcher.
const Case corner_cases[] = {
    {"a**b", "axb", false},
    {"**b", "ab", true},
    {"**b?", "abc", false},
    {"**b?", "a/bc", true},
    {"**/b", "ab", false},
    {"**", "a/b", true},
    {"a**", "ab/c", true},
    {"***", "a/b", true},
    {"**/*", "a/b", true},
    {"a/**/**/b", "a/b", true},
    {"a?c", "a/c", false},
    {"a?c", "aäc", true},
    {"a[^x]c", "aäc", true},
    {"[à-ü]", "ä", true},
    {"\xFF", "\xFF", true},
    {"\xFF", "\xFE", false},
    {"a]", "a]", true},
    {"a\\[b", "a[b", true},
    {"[\\]]", "]", true},
    {"a/..", "a", false},
    {"../a", "a", false},
    {"\xEF\xBB\xBF"
     "a",
     "a", true},
};

TEST(IgnorePatterns, MatchAsInDockerInCornerCases) {
    for (const Case& c : corner_cases)
        EXPECT_EQ(parsed(c.patterns).ignores(c.path), c.ignored) << c.patterns << " on " << c.path;
}

TEST(IgnorePatterns, AreRefusedByLineWhereTheyAreMalformed) {
    using testing::StartsWith;
    EXPECT_EQ(complaint("a\n# b\n\nc[a-\n"), "line 4: 'c[a-' has a '[' without a ']'");
    EXPECT_EQ(complaint("[a"), "line 1: '[a' has a '[' without a ']'");
    EXPECT_THAT(complaint("[]"), StartsWith("line 1: '[]' has an unescaped '-' or ']'"));
    EXPECT_THAT(complaint("[-a]"), StartsWith("line 1: '[-a]' has an unescaped '-' or ']'"));
    EXPECT_THAT(complaint("[z-a]"), StartsWith("line 1: '[z-a]' has a reversed range"));
    EXPECT_EQ(complaint("a\\"), "line 1: 'a\\' ends with '\\'");
    EXPECT_EQ(complaint("a\n ! \n"), "line 2: '!' has no pattern");
}

TEST(IgnorePatterns, AreRefusedWhereTheyAreTooLongOrTooMany) {
    const std::string long_line(900'000, '*');
    EXPECT_EQ(complaint(long_line), "line 1: '" + std::string(60, '*') + "…' is longer than 4096 bytes");
    EXPECT_EQ(complaint(std::string(4096, '*')), "");
    std::string many;
    for (int line = 0; line < 10'001; ++line) many += "a\n";
    EXPECT_EQ(complaint(many), "line 10001: more than 10000 patterns");
}

/// With a backtracking matcher, thirty repetitions never finish and a thousand overflow the stack.
TEST(IgnorePatterns, AreFastForHostilePatterns) {
    const std::string path(250, 'a');
    std::string within, across;
    for (int times = 0; times < 1000; ++times) {
        within += "*a";
        across += "**/a";
    }
    EXPECT_FALSE(parsed(within + "b").ignores(path));
    EXPECT_FALSE(parsed(across + "b").ignores(path));
    EXPECT_TRUE(parsed(std::string(4096, '*')).ignores(path));
}

TEST(IgnorePatterns, FindExceptionsInAnIgnoredFolder) {
    EXPECT_FALSE(parsed("a\nb").can_contain_exception("a"));
    EXPECT_TRUE(parsed("a\n!a/b/c").can_contain_exception("a"));
    EXPECT_TRUE(parsed("a\n!a/b/c").can_contain_exception("a/b"));
    EXPECT_FALSE(parsed("a\n!ab").can_contain_exception("a"));
    // The docker program does not look there either.
    EXPECT_FALSE(parsed("a\n!**/b").can_contain_exception("a"));
}

TEST(IgnorePatterns, KeepWhatTheBuildNeeds) {
    IgnorePatterns patterns = parsed("*");
    patterns.keep("docker/[web]");
    EXPECT_FALSE(patterns.ignores("docker/[web]"));
    EXPECT_TRUE(patterns.ignores("docker/w"));
    EXPECT_TRUE(patterns.can_contain_exception("docker"));
}

/// Compares both matchers on random patterns; tests/fuzz/ignore_fuzz does so for longer.
TEST(IgnorePattern, MatchesLikeThePlainMatcher) {
    std::mt19937 chance(11);
    const auto some = [&](std::string_view letters, std::size_t most) {
        std::string text(chance() % most + 1, ' ');
        for (char& c : text) c = letters[chance() % letters.size()];
        return text;
    };
    unsigned compared = 0;
    for (int turn = 0; turn < 20'000; ++turn) {
        const std::string text = some("***//aab?[^]-\\", 9), path = some("aab//-]", 9);
        const auto pattern = IgnorePattern::parse(text);
        if (!pattern) continue;
        ++compared;
        ASSERT_EQ(pattern->covers(characters_of(path)), test::PlainPattern(text).covers(path))
            << text << " on " << path;
    }
    EXPECT_GT(compared, 5000U);
}

}  // namespace
}  // namespace dockerext::apply
