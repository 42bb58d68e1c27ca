#include "report/request_target.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace dockerext::report {
namespace {

using Query = std::map<std::string, std::string>;

TEST(RequestTarget, IsDecoded) {
    struct Case {
        std::string target, path;
        Query query;
    };
    const std::vector<Case> cases{
        {"/v1/status", "/v1/status", {}},
        {"/v1/status?", "/v1/status", {}},
        {"/v1/logs?service=web&lines=100", "/v1/logs", {{"service", "web"}, {"lines", "100"}}},
        {"/v1/explain?service=a%26b%3Dc+d", "/v1/explain", {{"service", "a&b=c d"}}},
        {"/v1/explain?service", "/v1/explain", {{"service", ""}}},
        {"/a%2Fb?x=1=2", "/a/b", {{"x", "1=2"}}},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.target);
        const auto parsed = parse_target(c.target);
        ASSERT_TRUE(parsed) << parsed.error().message();
        EXPECT_EQ(parsed->path, c.path);
        EXPECT_EQ(parsed->query, c.query);
    }
}

TEST(RequestTarget, IsRefusedWhenBroken) {
    for (const char* target : {"", "v1/status", "*", "/v1/%", "/v1/%4", "/v1/%zz", "/v1/%00", "/v1/%-1",
                               "/v1/logs?a=%", "/v1/logs?%=a", "/v1/logs?a=1&a=2"}) {
        EXPECT_FALSE(parse_target(target)) << target;
    }
}

}  // namespace
}  // namespace dockerext::report
