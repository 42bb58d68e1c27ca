#include "model/join_token.hpp"

#include <gtest/gtest.h>

#include <string>

namespace dockerext::model {
namespace {

const std::string token_digest = std::string(49, 'd') + "0";
const std::string secret = std::string(24, 's') + "9";

TEST(JoinToken, HasADigestAndASecret) {
    for (const std::string beginning : {"SWMTKN-1-", "SWMTKN-2-0-", "SWMTKN-2-1-"}) {
        const std::string text = beginning + token_digest + "-" + secret;
        const auto token = parse_join_token(text);
        ASSERT_TRUE(token) << text;
        EXPECT_EQ(token->digest, token_digest);
        EXPECT_EQ(token->secret, secret);
    }
}

TEST(JoinToken, IsWholeAndOfAKnownVersion) {
    const std::string whole = "SWMTKN-1-" + token_digest + "-" + secret;
    const std::string table[] = {"",
                                 "SWMTKN",
                                 "SWMTKN-1",
                                 whole + "0",
                                 whole + "-",
                                 whole + "\n",
                                 whole.substr(0, whole.size() - 1),
                                 "SWMTKN-1-" + token_digest.substr(1) + "-" + secret,
                                 "SWMTKN-3-" + token_digest + "-" + secret,
                                 "SWMTKN-2-" + token_digest + "-" + secret,
                                 "SWMTKN-1-1-" + token_digest + "-" + secret,
                                 "SWMTKN-2-2-" + token_digest + "-" + secret,
                                 "SWMKEY-1-" + token_digest + "-" + secret,
                                 "SWMTKN-1-" + token_digest + "-" + std::string(25, 'S')};
    for (const std::string& text : table) EXPECT_FALSE(parse_join_token(text)) << text;
}

}  // namespace
}  // namespace dockerext::model
