#include "compose/interpolate.hpp"

#include <gtest/gtest.h>

namespace dockerext::compose {
namespace {

const Environment foo_environment{{"FOO", "foo"}, {"EMPTY", ""}, {"NUM", "42"}};

struct Outcome {
    std::string text;
    std::vector<Problem> problems;
    std::vector<Problem> warnings;
};

Outcome interpolated(std::string text) {
    Diagnostics diagnostics;
    Node node;
    node.value = std::move(text);
    node.pointer = "/x";
    interpolate(node, foo_environment, diagnostics);
    return {*node.text(), diagnostics.problems.all(), diagnostics.warnings.all()};
}

TEST(Interpolate, ReplacesEveryForm) {
    const std::vector<std::pair<std::string, std::string>> table{
        {"$FOO", "foo"},
        {"${FOO}", "foo"},
        {"$FOO$NUM", "foo42"},
        {"$FOO-$NUM.z", "foo-42.z"},
        {"${NOPE:-d}", "d"},
        {"${EMPTY:-d}", "d"},
        {"${EMPTY-d}", ""},
        {"${NOPE-d}", "d"},
        {"${NOPE-}", ""},
        {"${FOO:+alt}", "alt"},
        {"${NOPE:+alt}", ""},
        {"${EMPTY:+alt}", ""},
        {"${EMPTY+alt}", "alt"},
        {"${FOO+}", ""},
        {"${FOO?e}", "foo"},
        {"${EMPTY?e}", ""},
        {"${FOO:?}", "foo"},
        {"${A:-${B:-c}}", "c"},
        {"${A:-{\"x\":1}}", "{\"x\":1}"},
        {"${A:-$FOO}x${FOO}",
         "foo"
         "xfoo"},
        {"${NOPE:-a:-b}", "a:-b"},
        {"${A:-b?c}", "b?c"},
        {"${A-b:-c}", "b:-c"},
        {"${A+b-c}", ""},
        {"${A:-{}}", "{}"},
        {"${A:-{{}}", "{{}"},
        {"${A:-}}", "}"},
        {"${FOO:-a}b}c", "foob}c"},
        {"${A:-'}'}", "''}"},
        {"${A:-a}\n${B:-b}\n", "a\nb\n"},
        {"{\n$FOO\n}", "{\nfoo\n}"},
    };
    for (const auto& [text, result] : table) {
        SCOPED_TRACE(text);
        const Outcome outcome = interpolated(text);
        EXPECT_EQ(outcome.text, result);
        EXPECT_EQ(to_text(outcome.problems), "");
        EXPECT_TRUE(outcome.warnings.empty());
    }
}

TEST(Interpolate, LeavesOtherDollarsAlone) {
    const std::vector<std::pair<std::string, std::string>> table{
        {"$$FOO", "$FOO"},      {"$$$FOO", "$foo"},   {"$${FOO}", "${FOO}"}, {"$$$$", "$$"},
        {"$(date)", "$(date)"}, {"$1", "$1"},         {"a$", "a$"},          {"$ x", "$ x"},
        {"${A:-$}", "$"},       {"${A-a$$b}", "a$b"}, {"plain", "plain"},
    };
    for (const auto& [text, result] : table) EXPECT_EQ(interpolated(text).text, result) << text;
}

TEST(Interpolate, RefusesBadForms) {
    for (const std::string text : {"${1}", "${}", "${", "${A", "${A/x/y}", "${A:=x}", "${ FOO}", "${FOO }",
                                   "${A:}", "${A:-${}}", "${A:-{}} x ${FOO}", "${A:-a\nb}", "${A+a\nb}",
                                   "${A:-${B:-a\nb}}", "${A\n}", "${\nA}", "${A:-\n}"}) {
        const Outcome outcome = interpolated(text);
        ASSERT_EQ(outcome.problems.size(), 1U) << text;
        EXPECT_EQ(outcome.problems[0].path, "/x");
        EXPECT_TRUE(outcome.problems[0].message.starts_with("invalid interpolation")) << text;
    }
}

TEST(Interpolate, ReportsMissingRequiredVariables) {
    const std::vector<std::pair<std::string, std::string>> table{
        {"${NOPE?need $FOO}", "required variable NOPE is missing a value: need foo"},
        {"${EMPTY:?}", "required variable EMPTY is missing a value"},
        {"${FOO:-${NOPE:?z}}", "required variable NOPE is missing a value: z"},
    };
    for (const auto& [text, message] : table) {
        const Outcome outcome = interpolated(text);
        ASSERT_EQ(outcome.problems.size(), 1U) << text;
        EXPECT_EQ(outcome.problems[0].message, message);
    }
}

TEST(Interpolate, IsBoundedInDepthAndSize) {
    std::string nested;
    for (int i = 0; i < 300; ++i) nested += "${A:-";
    EXPECT_EQ(interpolated(nested + std::string(300, '}')).problems.at(0).message,
              "variables nest too deeply");

    Diagnostics diagnostics;
    Node node;
    node.value = std::string();
    for (int i = 0; i < 1000; ++i) std::get<std::string>(node.value) += "$BIG";
    interpolate(node, {{"BIG", std::string(1 << 20, 'x')}}, diagnostics);
    ASSERT_EQ(diagnostics.problems.all().size(), 1U);
    EXPECT_EQ(diagnostics.problems.all()[0].message, "the document grows too large");
}

TEST(Interpolate, WarnsOnceOfAnUnsetVariable) {
    const Outcome outcome = interpolated("<$NOPE ${NOPE} ${OTHER}>");
    EXPECT_EQ(outcome.text, "<  >");
    EXPECT_EQ(to_text(outcome.warnings),
              "/x: the variable NOPE is not set; it becomes an empty string\n"
              "/x: the variable OTHER is not set; it becomes an empty string\n");
}

TEST(Interpolate, RecordsPathsThatBeginWithAnUnsetVariable) {
    const std::vector<std::pair<std::string, std::string>> table{
        {"$NOPE/etc", "NOPE"},
        {"${NOPE}", "NOPE"},
        {"$NOPE$FOO", "NOPE"},
        {"$EMPTY$NOPE/a", "NOPE"},
        {"${A:-$NOPE/a}/b", "NOPE"},
        {"${A-${B:-$NOPE}}/b", "NOPE"},
        {"${NOPE:-}/etc", ""},
        {"${NOPE-/srv}/etc", ""},
        {"${NOPE:+x}/etc", ""},
        {"/srv/$NOPE", ""},
        {"$FOO/$NOPE", ""},
        {"$EMPTY/etc", ""},
        {"${FOO:-$NOPE}/etc", ""},
        {"$$NOPE/etc", ""},
        {"${FOO:+$NOPE}/etc", "NOPE"},
        {"${A:-$NOPE}$NOPE2", "NOPE"},
        {"${FOO:+/srv}/$NOPE", ""},
    };
    for (const auto& [text, name] : table) {
        Diagnostics diagnostics;
        Node node;
        node.value = text;
        node.pointer = "/x";
        interpolate(node, foo_environment, diagnostics);
        const auto found = diagnostics.unset_prefixes.find("/x");
        EXPECT_EQ(found == diagnostics.unset_prefixes.end() ? "" : found->second, name) << text;
    }
}

TEST(Interpolate, ReplacesInValuesAtAnyDepthButNotInKeys) {
    Node text;
    text.value = "$FOO";
    Node list;
    list.value = Node::List{text};
    Node map;
    map.value = Node::Map{{"$FOO", list}};
    Diagnostics diagnostics;
    interpolate(map, foo_environment, diagnostics);
    ASSERT_TRUE(map.find("$FOO"));
    EXPECT_EQ(*map.find("$FOO")->list()->front().text(), "foo");
}

}  // namespace
}  // namespace dockerext::compose
