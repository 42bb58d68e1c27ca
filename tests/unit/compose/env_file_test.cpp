#include "compose/env_file.hpp"

#include <gtest/gtest.h>

namespace dockerext::compose {
namespace {

const Environment project{{"PATH", "/bin"}, {"EMPTY", ""}};

std::string text_of(const Result<>& outcome, const Environment& variables) {
    if (!outcome) return "! " + outcome.error().message();
    std::string text;
    for (const auto& [name, value] : variables) text += (text.empty() ? "" : "|") + name + "=" + value;
    return text;
}

const std::string* find_in_project(const std::string& name) {
    const auto found = project.find(name);
    return found == project.end() ? nullptr : &found->second;
}

/// The variables of a file as "A=1|B=2", or "! " and the error message.
std::string parsed(std::string_view file) {
    Environment variables;
    Diagnostics diagnostics;
    const auto outcome = parse_env_file(file, find_in_project, variables, Node{}, diagnostics);
    return text_of(outcome, variables);
}

std::string parsed_raw(std::string_view file) {
    Environment variables;
    return text_of(parse_raw_env_file(file, find_in_project, variables), variables);
}

/// Compose 2.40.3 gives these results, except for the last two rows, where it makes variables without a name.
TEST(EnvFile, IsReadAsDockerComposeReadsIt) {
    const std::vector<std::pair<std::string, std::string>> table{
        {"", ""},
        {"A=1", "A=1"},
        {"A = 1\n", "A=1"},
        {"A=\t1", "A=1"},
        {"A: 1", "A=1"},
        {"A:1\nB=x:y", "A=1|B=x:y"},
        {"export A=1", "A=1"},
        {"export\tA=1", "A=1"},
        {"exportA=1", "exportA=1"},
        {"A=\n", "A="},
        {"A=\"\"", "A="},
        {"A=  x  y  ", "A=x  y"},
        {"A=1 # c", "A=1"},
        {"A=a#c", "A=a#c"},
        {"A=#c", "A=#c"},
        {"A= #c", "A=#c"},
        {"A=1\n\n# c\n  # d\n  B=2", "A=1|B=2"},
        {"A=\"x\" # c\nB=2", "A=x|B=2"},
        {"A=\"x\"B=2", "A=x|B=2"},
        {"A=\"x\"   y\n", "A=x"},
        {"A=\"x\ny\"\nB=1", "A=x\ny|B=1"},
        {"A='it\\'s'", "A=it's"},
        {"A='a\\nb $PATH'", "A=a\\nb $PATH"},
        {"A=a\\nb", "A=a\\nb"},
        {"A=\"a\\\"b\"", "A=a\"b"},
        {"A=\"a\\nb\\tc\\\\d\"", "A=a\nb\tc\\d"},
        {"A=\"\\0101\\0303\\07\\0389\"", "A=A\u00c3\\7\\389"},
        {"A=\"\\q\\c\"", "A=\\q\\c"},
        {"A=\"$PATH-${NOPE:-d}-\\$X-$$Y\"", "A=/bin-d-$X-$Y"},
        {"A=$PATH/$B\nB=2\nC=$B", "A=/bin/|B=2|C=2"},
        {"PATH=mine\nA=$PATH", "A=/bin|PATH=mine"},
        {"PATH\nNOPE\n", "PATH=/bin"},
        {"A\r\nB=1\r\n", "B=1"},
        {"\xEF\xBB\xBF"
         "A=1",
         "A=1"},
        {"A[0]=1", "A[0]=1"},
        {"1A=2", "1A=2"},
        {"-A.b=1", "-A.b=1"},
        {"\u00e9=1", "\u00e9=1"},
        {"A=1\nB C=1", "! line 2: a variable's name cannot contain a space"},
        {"A!=1", "! line 1: unexpected '!' in a variable's name"},
        {"\nA=\"x", "! line 2: the closing quote is missing"},
        {"A='x", "! line 1: the closing quote is missing"},
        {"A=x${",
         "! line 1: the value of 'A' has an invalid $ expression or lacks a required variable; in '…' a "
         "value is taken literally"},
        {"A=${NOPE:?gone}",
         "! line 1: the value of 'A' has an invalid $ expression or lacks a required variable; in '…' a "
         "value is taken literally"},
        {"\nA=\"x\\0000\"", "! line 2: a NUL character is not allowed"},
        {std::string("A=1\n\0", 5), "! a NUL character is not allowed"},
        {"A=\xC3(\xFF", "A=\uFFFD(\uFFFD"},
        {"PATH", "PATH=/bin"},
        {"=x", "! line 1: a variable's name is missing"},
    };
    for (const auto& [file, variables] : table) EXPECT_EQ(parsed(file), variables) << file;
}

TEST(EnvFile, InRawFormatIsReadLiterally) {
    const std::vector<std::pair<std::string, std::string>> table{
        {"A=\"1\" # x\n B= $PATH \n#c\n\nPATH\r\nNOPE", "A=\"1\" # x|B= $PATH |PATH=/bin"},
        {"A=1\nA B=1", "! line 2: expected NAME=VALUE, the name without spaces"},
        {std::string("A=\0", 3), "! a NUL character is not allowed"},
        {"A=\xFF", "A=\uFFFD"},
        {"=1", "! line 1: expected NAME=VALUE, the name without spaces"},
    };
    for (const auto& [file, variables] : table) EXPECT_EQ(parsed_raw(file), variables) << file;
}

TEST(EnvFile, WarnsAboutUnsetVariablesWithoutTheValue) {
    Environment variables;
    Diagnostics diagnostics;
    Node at;
    at.pointer = "/x";
    ASSERT_TRUE(parse_env_file("A=secret$NOPE", find_in_project, variables, at, diagnostics));
    EXPECT_EQ(to_text(diagnostics.warnings.all()),
              "/x: a variable in the value of 'A' is not set; it becomes an empty string\n");
}

}  // namespace
}  // namespace dockerext::compose
