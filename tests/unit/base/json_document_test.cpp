#include "base/json_document.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <utility>
#include <vector>

namespace dockerext {
namespace {

std::string complaint(std::string_view text, JsonDialect dialect = JsonDialect::commented) {
    const auto parsed = JsonDocument::parse(text, dialect);
    return parsed ? "" : parsed.error().message();
}

TEST(JsonDocument, TakesCommentsAndTrailingCommasOnlyWhereAsked) {
    const std::string_view text = "{ // why\n \"a\": [1, 2,], /* x */ }";
    EXPECT_EQ(complaint(text), "");
    EXPECT_NE(complaint(text, JsonDialect::strict), "");
}

TEST(JsonDocument, RefusesDuplicateKeysWithTheirPlace) {
    EXPECT_EQ(complaint("{\n  \"a\": 1,\n  \"a\": 2}"), "line 3, column 6: duplicate key 'a'");
    EXPECT_EQ(complaint("[{\"a\": 1}, {\"a\": 2}]"), "");
}

TEST(JsonDocument, RefusesDepthWithoutRecursion) {
    EXPECT_EQ(complaint(std::string(64, '[') + std::string(64, ']')), "");
    EXPECT_NE(complaint(std::string(100'000, '[')).find("nested deeper than 64 levels"), std::string::npos);
}

TEST(JsonDocument, RefusesTooLargeDocuments) {
    EXPECT_NE(complaint("\"" + std::string(2 << 20, 'x') + "\"").find("more than the 1048576 allowed"),
              std::string::npos);
}

TEST(JsonDocument, ReadsNumbersToTheLastDigit) {
    const std::vector<std::pair<std::string, double>> table{
        {"0e63", 0},
        {"0.0000000000000000000000000", 0},
        {"-0.000000000000000000000000e-300", 0},
        {"1e-400", 0},
        {"0.1", 0.1},
        {"5e-324", 5e-324},
        {"1.7976931348623157e308", 1.7976931348623157e308},
        {"99999999999999999999", 1e20},
    };
    for (const auto& [text, number] : table) {
        const auto document = JsonDocument::parse(text);
        ASSERT_TRUE(document) << text;
        EXPECT_EQ(document->root().number().value(), number) << text;
    }
    EXPECT_EQ(JsonDocument::parse("-9223372036854775808")->root().integer().value(), INT64_MIN);
    EXPECT_FALSE(JsonDocument::parse("9223372036854775808")->root().integer());
    EXPECT_NE(complaint("1e400"), "");
}

TEST(JsonDocument, RejectsKeysThatMakePointersTooLarge) {
    const auto text = [](std::size_t key, std::size_t values) {
        std::string items = "0";
        for (std::size_t i = 1; i < values; ++i) items += ",0";
        return "{\"" + std::string(key, 'k') + "\": [" + items + "]}";
    };
    EXPECT_EQ(complaint(text(600, 100'000)), "");
    EXPECT_NE(complaint(text(700, 100'000)).find("the keys make the document too large"), std::string::npos);
}

TEST(JsonDocument, RefusesNulAndInvalidUtf8) {
    using namespace std::string_view_literals;
    EXPECT_EQ(complaint("{}\0junk"sv), "line 1, column 3: a NUL byte is not allowed");
    EXPECT_NE(complaint("\"a\\u0000b\"").find("NUL character"), std::string::npos);
    EXPECT_NE(complaint("\"\xC3\x28\""), "");
}

TEST(JsonDocument, RefusesTrailingContent) { EXPECT_NE(complaint("{} {}"), ""); }

TEST(JsonDocument, RefusesEmptyText) { EXPECT_NE(complaint(""), ""); }

}  // namespace
}  // namespace dockerext
