#include "base/url.hpp"

#include <gtest/gtest.h>

namespace dockerext {
namespace {

TEST(SplitUrl, EndsTheSchemeAtTheFirstMark) {
    const auto url = split_url("https://registry:5000/a://b");
    ASSERT_TRUE(url);
    EXPECT_EQ(url->scheme, "https");
    EXPECT_EQ(url->rest, "registry:5000/a://b");
    for (const char* text : {"", "registry:5000", "/run/docker.sock", "https:/registry"})
        EXPECT_FALSE(split_url(text)) << text;
}

TEST(IsWeb, IsHttpAndHttps) {
    EXPECT_TRUE(is_web(split_url("https://a")));
    EXPECT_TRUE(is_web(split_url("http://a")));
    for (const char* text : {"tcp://a", "HTTPS://a", "://a", "a"})
        EXPECT_FALSE(is_web(split_url(text))) << text;
}

TEST(PercentEncoded, LeavesNothingThatAUrlGivesAMeaningTo) {
    EXPECT_EQ(percent_encoded("web-1_a.b~"), "web-1_a.b~");
    EXPECT_EQ(percent_encoded("a/b:1@c?d=e&f #%"), "a%2Fb%3A1%40c%3Fd%3De%26f%20%23%25");
    EXPECT_EQ(percent_encoded("\xC3\xA9\r\n"), "%C3%A9%0D%0A");
}

TEST(PercentDecoded, IsTheOppositeAndKnowsForms) {
    EXPECT_EQ(percent_decoded("a%2Fb%3a+c%C3%A9").value(), "a/b: c\xC3\xA9");
    for (const char* text : {"%", "%4", "%zz", "%00", "%-1", "a%"}) {
        EXPECT_EQ(percent_decoded(text).error().kind(), ErrorKind::invalid_input) << text;
    }
}

}  // namespace
}  // namespace dockerext
