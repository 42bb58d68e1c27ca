#include "apply/ignore_patterns.hpp"

#include <gtest/gtest.h>

namespace dockerext::apply {
namespace {

struct Case {
    const char* patterns;
    const char* path;
    bool ignored;
};

/// Results of the docker program for the same patterns.
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
    {"[a-", "a", false},
    {"a\\*b", "a*b", true},
    {"a\\*b", "axb", false},
    {"*\n!keep", "keep", false},
    {"*\n!keep", "other", true},
    {"dir\n!dir/keep", "dir/keep", false},
    {"dir\n!dir/keep", "dir/other", true},
    {"!a\na", "a", true},
    {"*.md\n!README*.md\nREADME-secret.md", "README-secret.md", true},
    {"*.md\n!README*.md\nREADME-secret.md", "README-all.md", false},
    {"!", "a", false},
    {".", "a", false},
};

TEST(IgnorePatterns, FitAsDockerHasThem) {
    for (const Case& c : cases)
        EXPECT_EQ(IgnorePatterns(c.patterns).ignores(c.path), c.ignored) << c.patterns << " on " << c.path;
}

TEST(IgnorePatterns, KnowWhetherTheyHaveExceptions) {
    EXPECT_FALSE(IgnorePatterns("a\nb").has_exceptions());
    EXPECT_TRUE(IgnorePatterns("a\n!b").has_exceptions());
}

}  // namespace
}  // namespace dockerext::apply
