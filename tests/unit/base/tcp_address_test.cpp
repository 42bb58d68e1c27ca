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

TEST(TcpAddress, MayLackItsPort) {
    const std::pair<const char*, TcpAddress> table[] = {
        {"10.0.0.4", {"10.0.0.4", 2377}},    {"10.0.0.4:80", {"10.0.0.4", 80}},
        {"fd00::4", {"fd00::4", 2377}},      {"[fd00::4]", {"fd00::4", 2377}},
        {"[fd00::4]:80", {"fd00::4", 80}},   {"FD00:0::04", {"fd00::4", 2377}},
        {"fd00::1:80", {"fd00::1:80", 2377}}};
    for (const auto& [text, address] : table) EXPECT_EQ(parse_tcp_address(text, 2377), address) << text;
    for (const char* text :
         {"", "[]", "]", "[10.0.0.4]", "[fd00::4]:", "10.0.0.4:", "10.0.0.4:0", "10.0.0", "host"})
        EXPECT_FALSE(parse_tcp_address(text, 2377)) << text;
}

TEST(TcpAddress, HasOneSpelling) {
    EXPECT_EQ(parse_ip_address("FD00:0:0::004"), "fd00::4");
    EXPECT_EQ(parse_ip_address("10.0.0.4"), "10.0.0.4");
    EXPECT_EQ(to_string(*parse_tcp_address("[FD00:0::4]:80")), "[fd00::4]:80");
    for (const std::string text : {"", "10.0.0.04", "10.1", "[fd00::4]", "fe80::1%eth0", "host"})
        EXPECT_FALSE(parse_ip_address(text)) << text;
    EXPECT_FALSE(parse_ip_address(std::string("10.0.0.4\0", 9)));
}

TEST(TcpAddress, IsOfOneMachineOrNot) {
    for (const char* text : {"10.0.0.4", "1.0.0.0", "223.255.255.255", "fd00::4", "fe80::1"})
        EXPECT_TRUE(is_of_one_machine(text)) << text;
    for (const char* text : {"0.0.0.0", "0.1.2.3", "127.0.0.1", "224.0.0.1", "255.255.255.255", "::", "::1",
                             "ff02::1", "::ffff:10.0.0.4", "host", ""})
        EXPECT_FALSE(is_of_one_machine(text)) << text;
}

TEST(TcpAddress, KnowsLoopback) {
    for (const char* text : {"127.0.0.1:1", "127.9.9.9:1", "[::1]:1"})
        EXPECT_TRUE(is_loopback(*parse_tcp_address(text))) << text;
    for (const char* text : {"0.0.0.0:1", "[::]:1", "128.0.0.1:1", "10.127.0.1:1", "[::ffff:127.0.0.1]:1"})
        EXPECT_FALSE(is_loopback(*parse_tcp_address(text))) << text;
}

}  // namespace
}  // namespace dockerext
