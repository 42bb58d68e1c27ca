#include "base/json_merge.hpp"

#include "base/json_document.hpp"

#include <gtest/gtest.h>

namespace dockerext {
namespace {

TEST(JsonMerge, ChangesWhatThePatchNames) {
    struct Row {
        std::string_view document, patch, merged;
    };
    // The second half is of RFC 7396, appendix A.
    const Row rows[] = {
        {R"({"a":1,"b":[2.5,null],"c":{"d":"é\"\n","e":7776000000000000}})", "{}",
         R"({"a":1,"b":[2.5,null],"c":{"d":"é\"\n","e":7776000000000000}})"},
        {R"({"Name":"n","Labels":{"a":"1","b":"2"},"Role":"worker"})",
         R"({"Role":"manager","Labels":{"b":null,"c":"3"}})",
         R"({"Name":"n","Labels":{"a":"1","c":"3"},"Role":"manager"})"},
        {R"({"Labels":null})", R"({"Labels":{"a":"1","b":null}})", R"({"Labels":{"a":"1"}})"},
        {R"({})", R"({"a \"quoted\" key":{"b":1}})", R"({"a \"quoted\" key":{"b":1}})"},
        {R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
        {R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
        {R"({"a":"b"})", R"({"a":null})", R"({})"},
        {R"({"a":"b","b":"c"})", R"({"a":null})", R"({"b":"c"})"},
        {R"({"a":["b"]})", R"({"a":"c"})", R"({"a":"c"})"},
        {R"({"a":"c"})", R"({"a":["b"]})", R"({"a":["b"]})"},
        {R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"d"}})"},
        {R"({"a":[{"b":"c"}]})", R"({"a":[1]})", R"({"a":[1]})"},
        {R"(["a","b"])", R"(["c","d"])", R"(["c","d"])"},
        {R"({"a":"b"})", R"(["c"])", R"(["c"])"},
        {R"({"e":null})", R"({"a":1})", R"({"e":null,"a":1})"},
        {R"([1,2])", R"({"a":"b","c":null})", R"({"a":"b"})"},
        {R"({})", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"},
    };
    for (const Row& row : rows) {
        const auto document = JsonDocument::parse(row.document), patch = JsonDocument::parse(row.patch);
        ASSERT_TRUE(document && patch) << row.document;
        EXPECT_EQ(merge_patch(document->root(), patch->root()), row.merged) << row.document << row.patch;
    }
}

}  // namespace
}  // namespace dockerext
