#include "engine/url_encoding.hpp"

#include <gtest/gtest.h>

namespace dockerext::engine {
namespace {

TEST(UrlEncoded, LeavesNothingThatAUrlGivesAMeaningTo) {
    EXPECT_EQ(url_encoded("web-1_a.b~"), "web-1_a.b~");
    EXPECT_EQ(url_encoded("a/b:1@c?d=e&f #%"), "a%2Fb%3A1%40c%3Fd%3De%26f%20%23%25");
    EXPECT_EQ(url_encoded("\xC3\xA9\r\n"), "%C3%A9%0D%0A");
}

}  // namespace
}  // namespace dockerext::engine
