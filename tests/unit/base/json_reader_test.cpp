#include "base/json_reader.hpp"

#include "base/json_document.hpp"

#include <gtest/gtest.h>

namespace dockerext {
namespace {

std::string problems_of(std::string_view text) {
    const auto document = JsonDocument::parse(text);
    Problems problems;
    ObjectReader reader(document.value().root("/docker"), problems);
    (void)reader.string("port");
    (void)reader.strings("options");
    (void)reader.boolean("debug");
    reader.finish("docker");
    return to_text(problems.all());
}

TEST(ObjectReader, AcceptsAValidObject) {
    EXPECT_EQ(problems_of(R"({"port": "1", "options": ["-D"], "debug": null})"), "");
}

TEST(ObjectReader, CollectsAllProblems) {
    EXPECT_EQ(problems_of(R"({"port": 1, "options": ["-D", 2], "optoins": [], "zzzzzz": 0})"),
              "/docker/port: expected string, found number\n"
              "/docker/options/1: expected string, found number\n"
              "/docker/optoins: unknown key of docker; did you mean 'options'?\n"
              "/docker/zzzzzz: unknown key of docker\n");
}

TEST(ObjectReader, ReadsAnythingElseAsEmpty) {
    EXPECT_EQ(problems_of("[]"), "/docker: expected object, found array\n");
}

}  // namespace
}  // namespace dockerext
