#include "base/json_writer.hpp"

#include "base/json_document.hpp"

#include <gtest/gtest.h>

namespace dockerext {
namespace {

TEST(JsonWriter, WritesEveryKindOfValue) {
    JsonWriter json;
    json.begin_object();
    json.text("text", "a\"b");
    json.text_or_null("absent", "");
    json.number("least", std::int64_t{-9223372036854775807});
    json.number("most", std::uint64_t{18446744073709551615U});
    json.decimal("ms", 1.23456);
    json.boolean("yes", true);
    json.begin_array("list");
    json.text("x");
    json.number(7);
    json.begin_object();
    json.end_object();
    json.end_array();
    json.begin_object("object");
    json.end_object();
    json.end_object();
    EXPECT_EQ(json.take(),
              R"({"text":"a\"b","absent":null,"least":-9223372036854775807,)"
              R"("most":18446744073709551615,"ms":1.234,"yes":true,"list":["x",7,{}],"object":{}})");
}

TEST(JsonWriter, WritesValidUtf8ForAnyText) {
    std::string every_byte;
    for (int byte = 0; byte < 256; ++byte) every_byte += static_cast<char>(byte);
    JsonWriter json;
    json.begin_object();
    json.text("text", every_byte);
    json.end_object();
    const std::string written = json.take();
    EXPECT_TRUE(JsonDocument::parse(written)) << written;
}

}  // namespace
}  // namespace dockerext
