#include "base/base64.hpp"

#include <gtest/gtest.h>

namespace dockerext {
namespace {

TEST(Base64Text, MatchesTheRfc) {
    using namespace std::string_view_literals;
    const std::pair<std::string_view, std::string_view> table[] = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
        {"\0\xFB\xFF"sv, "APv/"},
    };
    for (const auto& [bytes, text] : table) {
        EXPECT_EQ(base64(bytes), text);
        EXPECT_EQ(from_base64(text), bytes);
    }
    EXPECT_EQ(base64("\xFB\xFF\xFE\xFF", Base64::url), "-__-_w==");
}

TEST(Base64Text, RejectsNonCanonicalInput) {
    for (const char* text : {"Zg", "Zg=", "Zh==", "Zg==Zg==", "====", "Zm9v\n", " Zm9v", "Zm9v    ", "-__-"})
        EXPECT_EQ(from_base64(text), std::nullopt) << text;
}

}  // namespace
}  // namespace dockerext
