#include "base/tcp_address.hpp"

#include <gtest/gtest.h>

#include <string>

namespace dockerext {
namespace {

TEST(TcpAddress, IsANumericAddressWithAPort) {
    for (const std::string text : {"127.0.0.1:9323", "[::1]:1", "0.0.0.0:65535", "[fe80::1]:80"}) {
        const auto address = parse_tcp_address(text);
        ASSERT_TRUE(address) << text;
        EXPECT_EQ(to_string(*address), text);
    }
    for (const std::string text : {"", ":", "9323", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:080",
                                   "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:1 ", "127.1:1",
                                   "localhost:1", "::1:1", "[::1]", "[]:1", "[127.0.0.1]:1"})
        EXPECT_FALSE(parse_tcp_address(text)) << text;
    EXPECT_FALSE(parse_tcp_address(std::string("127.0.0.1\0:1", 12)));
}

TEST(TcpAddress, KnowsLoopback) {
    for (const char* text : {"127.0.0.1:1", "127.9.9.9:1", "[::1]:1"})
        EXPECT_TRUE(is_loopback(*parse_tcp_address(text))) << text;
    for (const char* text : {"0.0.0.0:1", "[::]:1", "128.0.0.1:1", "10.127.0.1:1", "[::ffff:127.0.0.1]:1"})
        EXPECT_FALSE(is_loopback(*parse_tcp_address(text))) << text;
}

}  // namespace
}  // namespace dockerext
