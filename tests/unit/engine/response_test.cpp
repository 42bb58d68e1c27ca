#include "engine/response.hpp"

#include <gtest/gtest.h>

namespace dockerext::engine {
namespace {

TEST(Refusal, ReportsTheEngineMessageAndItsKind) {
    struct Case {
        unsigned status;
        std::string body;
        ErrorKind kind;
        std::string message;
    };
    const Case cases[] = {
        {404, R"({"message":"No such container: web"})", ErrorKind::not_found,
         "No such container: web (404)"},
        {409, R"({"message":"Conflict. Taken."})", ErrorKind::conflict, "Conflict. Taken. (409)"},
        {400, R"({"message":"invalid"})", ErrorKind::invalid_input, "invalid (400)"},
        {429, R"({"message":"slow down"})", ErrorKind::unavailable, "slow down (429)"},
        {500, "{\"message\":\"first\\nsecond\\r\\n\"}", ErrorKind::unavailable, "first second (500)"},
        {503, "<html>Busy</html>\n", ErrorKind::unavailable, "<html>Busy</html> (503)"},
        {500, std::string(5000, 'x'), ErrorKind::unavailable, std::string(300, 'x') + " (500)"},
        {502, "", ErrorKind::unavailable, "the engine gave no reason (502)"},
        {302, "", ErrorKind::invalid_input, "the engine gave no reason (302)"},
    };
    for (const Case& tested : cases) {
        SCOPED_TRACE(tested.message);
        const Error error = response_error(tested.status, tested.body, {});
        EXPECT_EQ(error.kind(), tested.kind);
        EXPECT_EQ(error.message(), tested.message);
    }
}

TEST(Refusal, HidesSecretsBeforeJoiningLinesAndTruncating) {
    const Redactor redact(
        {Secret("-----BEGIN KEY-----\nMIIEvQIBADAN\nAQ==\n-----END KEY-----\n"), Secret("hunter22")});
    const std::pair<std::string, std::string> cases[] = {
        {R"({"message":"no \"-----BEGIN KEY-----\nMIIEvQIBADAN\nAQ==\n-----END KEY-----\n\" here"})",
         "no \"(hidden) \" here (400)"},
        {R"({"message":"no 'MIIEvQIBADAN'\nhere"})", "no '(hidden)' here (400)"},
        {std::string(296, 'x') + "hunter22", std::string(296, 'x') + "(hid (400)"},
    };
    for (const auto& [body, message] : cases) EXPECT_EQ(response_error(400, body, redact).message(), message);
}

TEST(JsonOf, AcceptsNulCharacters) {
    const std::pair<std::string, std::string> texts[] = {
        {R"({"Output":"a\u0000b\u0000"})",
         "a\xEF\xBF\xBD"
         "b\xEF\xBF\xBD"},
        {R"({"Output":"a\\u0000"})", "a\\u0000"},  // an escaped backslash, not a NUL
        {R"({"Output":"\u0000\\"})", "\xEF\xBF\xBD\\"},
    };
    for (const auto& [json, text] : texts) {
        SCOPED_TRACE(json);
        const auto document = parse_json(json);
        EXPECT_EQ(string_in(document->root(), "Output"), text);
    }
}

TEST(JsonOf, ReportsInvalidJsonAsUnavailable) {
    for (const std::string text : {"", "<html>", "{\"a\":", "\\u0000\\"}) {
        SCOPED_TRACE(text);
        EXPECT_EQ(parse_json(text).error().kind(), ErrorKind::unavailable);
    }
}

TEST(Members, AreEmptyWhenAbsentNullOrOfAnotherType) {
    const auto json =
        parse_json(R"({"null":null,"text":"a","list":["a",1],"map":{"a":"b","c":1},"number":7})");
    const JsonCursor root = json->root();
    EXPECT_EQ(string_in(root, "text"), "a");
    EXPECT_EQ(integer_in(root, "number"), 7);
    EXPECT_EQ(strings_in(root, "list"), std::vector<std::string>{"a"});
    EXPECT_EQ(string_map_in(root, "map"), (std::map<std::string, std::string>{{"a", "b"}}));
    for (const std::string key : {"null", "gone", "number"}) EXPECT_EQ(string_in(root, key), "");
    for (const std::string key : {"null", "gone", "text"}) {
        EXPECT_EQ(integer_in(root, key), 0);
        EXPECT_TRUE(strings_in(root, key).empty());
        EXPECT_TRUE(string_map_in(root, key).empty());
    }
}

}  // namespace
}  // namespace dockerext::engine
