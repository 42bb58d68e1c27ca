#include "compose/yaml.hpp"

#include "base/json_document.hpp"
#include "loading.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace dockerext::compose {
namespace {

/// The environment of service web, one variable per line, or "refused" when there are problems.
std::string environment_of(const std::string& yaml) {
    const Loaded loaded = load(input_of_yaml(yaml));
    if (!loaded.project) return "refused";
    std::string lines;
    for (const auto& [name, value] : loaded.project->services.at({"web"}).container.environment) {
        lines += name + (value ? "=" + *value : "") + "\n";
    }
    return lines;
}

std::string expected_hashes(const JsonCursor& row) {
    const auto environment = row.find("environment").value();
    if (!environment) return "refused";
    std::map<std::string, std::string> sorted;
    for (const auto& [name, value] : environment->members().value()) {
        sorted[name] = value.is(JsonType::null) ? "" : "=" + value.string().value();
    }
    std::string lines;
    for (const auto& [name, value] : sorted) lines += name + value + "\n";
    return lines;
}

/// yaml_spellings.json holds texts and the output of `docker compose config` of Compose 2.40.3 for them.
TEST(Yaml, IsReadAsDockerComposeReadsIt) {
    std::stringstream text;
    text << std::ifstream(YAML_SPELLINGS).rdbuf();
    const auto document = JsonDocument::parse(text.str());
    ASSERT_TRUE(document) << document.error().message();
    const auto rows = document->root().items().value();
    EXPECT_GT(rows.size(), 200U);
    for (const JsonCursor& row : rows) {
        SCOPED_TRACE(row.at("name")->string().value());
        const std::string yaml = row.at("yaml")->string().value();
        EXPECT_EQ(environment_of(yaml), expected_hashes(row)) << problems_of_yaml(yaml);
    }
}

/// Cases in which this parser is stricter than Compose, or more lenient.
TEST(Yaml, HasItsOwnLimits) {
    const std::string web = "services:\n  web:\n    image: x\n    environment:\n      A: ";
    const std::vector<std::pair<std::string, std::string>> table{
        {web + "\"\\0\"", "/compose: line 5, column 10: a NUL character is not allowed\n"},
        {web + "!!binary eA==", "/compose: line 5, column 10: the tag !!binary is not supported here\n"},
        {"x-a: " + std::string(64, '['), "/compose: line 1, column 69: nested deeper than 64 levels\n"},
        {"x-a: &a " + std::string(40, '[') + std::string(40, ']') + "\nx-b: " + std::string(40, '[') + "*a",
         "/compose: line 2, column 46: nested deeper than 64 levels\n"},
        {"# " + std::string(1 << 20, 'x'),
         "/compose: the document has 1048580 bytes, more than the 1048576 allowed\n"},
        {"a: 1\na: 2", "/compose: line 2, column 1: duplicate key 'a'\n"},
        {"1: a", "/compose: line 1, column 1: a key must be a string, found number; write it in quotes\n"},
        {"? {a: b}\n: c", "/compose: line 1, column 3: a key must be a string, not a list or map\n"},
        {"a: &x [*x]", "/compose: line 1, column 8: the anchor 'x' would contain itself\n"},
        {"a: *x", "/compose: line 1, column 4: unknown anchor 'x'\n"},
        {"a:\n  <<: 5", "/compose: line 2, column 7: '<<' takes a map or a list of maps\n"},
        {"%YAML 1.2\n---\na: 1",
         "/compose: line 1, column 1: Compose supports only %YAML 1.1; remove the directive\n"},
        {"a: [1\nb: 2",
         "/compose: line 2, column 2: did not find expected ',' or ']' (while parsing a flow "
         "sequence that begins at line 1)\n"},
    };
    for (const auto& [yaml, problems] : table) EXPECT_EQ(problems_of_yaml(yaml), problems);
    EXPECT_EQ(environment_of(web + "2001-12-14"), "A=2001-12-14\n");
    EXPECT_EQ(environment_of(web + "\"\\/\""), "A=/\n");
}

TEST(Yaml, AliasesCannotExhaustMemory) {
    std::string alias_expansion = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 12; ++i) {
        const std::string before = "*a" + std::to_string(i - 1);
        alias_expansion += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
        for (int j = 0; j < 9; ++j) alias_expansion += ", " + before;
        alias_expansion += "]\n";
    }
    EXPECT_NE(problems_of_yaml(alias_expansion).find("the aliases make the document too large"),
              std::string::npos);
    std::string list = "? " + std::string(400'000, 'k') + "\n: [";
    for (int i = 0; i < 10'000; ++i) list += "x, ";
    EXPECT_NE(problems_of_yaml(list + "]").find("the keys make the document too large"), std::string::npos);
}

TEST(Yaml, ProblemsHaveLocationsAndTheOrderOfTheText) {
    EXPECT_EQ(problems_of_yaml("x-base: &base\n"
                               "  restart: sometimes\n"
                               "services:\n"
                               "  web:\n"
                               "    <<: *base\n"
                               "    imge: x\n"
                               "    ports:\n"
                               "      - 80:80\n"
                               "      - \"80:80:80:80\"\n"
                               "    depends_on: [ db,\n"
                               "                  nope ]\n"
                               "  db: {image: y, tty: [], volumes: ['data:/d']}\n"),
              "/compose/services/web/restart: line 2, column 12: expected no, always, unless-stopped, "
              "on-failure or on-failure:N, found 'sometimes'\n"
              "/compose/services/web: line 4, column 3: 'image' or 'build' is missing\n"
              "/compose/services/web/imge: line 6, column 11: unknown key 'imge' of a service; did you mean "
              "'image'?\n"
              "/compose/services/web/ports/1: line 9, column 9: invalid port '80:80:80:80': '80:80' is not "
              "an IP address (write IPv6 in [])\n"
              "/compose/services/web/depends_on: line 10, column 5: service 'nope' is not defined\n"
              "/compose/services/db/tty: line 12, column 18: expected boolean, found list\n"
              "/compose/services/db/volumes/0: line 12, column 37: volume 'data' is not defined\n");
}

TEST(Yaml, WarningsHaveLocations) {
    const Loaded loaded = load(input_of_yaml("services:\n  web:\n    image: x$NOPE\n    tty: on\n"));
    ASSERT_TRUE(loaded.project) << to_text(loaded.problems);
    ASSERT_EQ(loaded.project->warnings.size(), 2U);
    EXPECT_EQ(
        loaded.project->warnings[0],
        "/compose/services/web/image: line 3, column 12: the variable NOPE is not set; it becomes an empty "
        "string");
    EXPECT_EQ(loaded.project->warnings[1],
              "/compose/services/web/tty: line 4, column 10: 'on' for a boolean: write true");
}

}  // namespace
}  // namespace dockerext::compose
