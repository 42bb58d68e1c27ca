#include "compose/import.hpp"

#include <gtest/gtest.h>

namespace dockerext::compose {
namespace {

TEST(Import, DistinguishesAComposeFileFromSettings) {
    for (const std::string_view text :
         {"services: {}", "# c\nservices:\n  web:\n", "web:\n  image: x\n", "---\na: 1",
          "\xEF\xBB\xBFservices: {}", "{services: {}}", "{\"services\": {}}", "\n { \"include\": [] }",
          "\"services\": {}", "- a", "%YAML 1.1\n---\n"}) {
        EXPECT_TRUE(is_compose_file(text)) << text;
    }
    for (const std::string_view text :
         {"", " \n", "{}", "{\"compose\": {\"services\": {}}}", "// c\n{}", "/* c */ {}", "\xEF\xBB\xBF{}",
          "{", "{\"compose\": \"services: {}\"} // c", "{\"docker\": {},}", "{a: b: c}"}) {
        EXPECT_FALSE(is_compose_file(text)) << text;
    }
}

TEST(Import, NamesTheProjectAfterTheFolderAsComposeDoes) {
    EXPECT_EQ(name_of_folder("My-Shop_1.2", "services: {}"), "my-shop_12");
    EXPECT_EQ(name_of_folder("_-", "services: {}"), "");
    EXPECT_EQ(name_of_folder("shop", "name: x\nservices: {}"), "");
    EXPECT_EQ(name_of_folder("shop", "services: {}\n---\nname: x"), "");
    EXPECT_EQ(name_of_folder("shop", "a: ["), "");
}

TEST(Import, KeepsTheTextOfAComposeFile) {
    EXPECT_EQ(wrap_compose_file("a: \"b\"\n").value(), R"({"compose":"a: \"b\"\n"})");
    EXPECT_EQ(wrap_compose_file("\xEF\xBB\xBF"
                                "a: 1")
                  .value(),
              R"({"compose":"a: 1"})");
    EXPECT_FALSE(wrap_compose_file("a: \xFF"));
    EXPECT_EQ(wrap_compose_file("a: b", {{"X", "1"}, {"Y", "a\"b"}}).value(),
              R"({"compose":"a: b","compose-environment":{"X":"1","Y":"a\"b"}})");
    EXPECT_FALSE(wrap_compose_file(std::string_view("a: \0", 4)));
}

TEST(Import, ConvertsEverythingToJson) {
    const std::string_view yaml =
        "x-base: &base {restart: always}  # lost\n"
        "services:\n"
        "  web:\n"
        "    <<: *base\n"
        "    image: ${IMAGE:-x}\n"
        "    environment: {A: 0x1F, B: 1.50, C: ~, D: on, E: true, F: .inf, G: 18446744073709551615, H: "
        "1e21}\n"
        "    command: |\n"
        "      a\n"
        "      b\n"
        "    ports: []\n"
        "---\n"
        "services:\n"
        "  web: {ports: [80:80]}\n";
    EXPECT_EQ(import_settings(yaml).value(), R"({
  "compose": {
    "x-base": {
      "restart": "always"
    },
    "services": {
      "web": {
        "image": "${IMAGE:-x}",
        "environment": {
          "A": 31,
          "B": 1.5,
          "C": null,
          "D": "on",
          "E": true,
          "F": "+Inf",
          "G": "18446744073709551615",
          "H": 1e21
        },
        "command": "a\nb\n",
        "ports": [
          "80:80"
        ],
        "restart": "always"
      }
    }
  }
})");
}

TEST(Import, ReportsWhatItCannotRead) {
    const std::vector<std::pair<std::string_view, std::string_view>> table{
        {"a: b: c", "line 1, column 5: mapping values are not allowed in this context"},
        {"", "the file is empty"},
        {"# c", "the file is empty"},
        {"- a", "line 1, column 1: expected map, found list"},
        {"services:\n  web: !reset {}\n",
         "line 2, column 3: !reset and !override cannot be expressed in JSON"},
        {"services: {a: {ulimits: {b: 1}}}\n---\nservices: {a: {ulimits: [1]}}\n",
         "#2/services/a/ulimits: expected map to match the value that it is merged into, found list"},
    };
    for (const auto& [yaml, complaint] : table) {
        const auto settings = import_settings(yaml);
        ASSERT_FALSE(settings) << yaml;
        EXPECT_EQ(settings.error().message(), complaint);
    }
}

TEST(Import, IncludesTheVariablesOfTheDotEnv) {
    EXPECT_EQ(import_settings("a: {b: 1}", {{"X", "1"}}).value(), R"({
  "compose": {
    "a": {
      "b": 1
    }
  },
  "compose-environment": {
    "X": "1"
  }
})");
}

TEST(Import, ReadsVariablesAsComposeDoes) {
    const auto variables = read_variables_file(
        "# of the shop\nA=1\nexport B='two "
        "$A'\nC=\"$A/${B:-x}\"\nD=$HOME/d\nE=${PWD}/e\nHOME=/h\nPWD=/p\nF=${NOPE}f\n",
        "/project");
    ASSERT_TRUE(variables) << variables.error().message();
    EXPECT_EQ(variables->values, (Environment{{"A", "1"},
                                              {"B", "two $A"},
                                              {"C", "1/two $A"},
                                              {"D", "/root/d"},
                                              {"E", "/project/e"},
                                              {"F", "f"}}));
    EXPECT_EQ(
        variables->warnings,
        (std::vector<std::string>{"a variable in the value of 'F' is not set; it becomes an empty string"}));
    EXPECT_EQ(read_variables_file("", "/project").value().values, Environment{});
    EXPECT_TRUE(read_variables_file("A=1\nB C=2\n", "/project").error().message().starts_with("line 2: "));
}

}  // namespace
}  // namespace dockerext::compose
