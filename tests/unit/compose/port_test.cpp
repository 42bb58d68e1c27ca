#include "compose/port.hpp"

#include <gtest/gtest.h>

namespace dockerext::compose {
namespace {

/// The ports as "HOST_IP|PUBLISHED|TARGET/PROTOCOL …".
std::string shown(const std::vector<Port>& ports) {
    std::string text;
    for (const Port& port : ports) {
        if (!text.empty()) text += ' ';
        text += port.host_ip + "|" + port.published + "|" + std::to_string(port.target) + "/" + port.protocol;
    }
    return text;
}

TEST(Port, ShortFormIsReadAsComposeDoes) {
    const std::vector<std::pair<std::string_view, std::string_view>> table{
        {"80", "||80/tcp"},
        {"8080:80", "|8080|80/tcp"},
        {"127.0.0.1:8080:80", "127.0.0.1|8080|80/tcp"},
        {"127.0.0.1::80", "127.0.0.1||80/tcp"},
        {"[::1]:80:80", "::1|80|80/tcp"},
        {":80", "||80/tcp"},
        {"80/udp", "||80/udp"},
        {"80/TCP", "||80/tcp"},
        {"80/", "||80/tcp"},
        {"0:80", "|0|80/tcp"},
        {"080:80", "|80|80/tcp"},
        {"80:80/sctp", "|80|80/sctp"},
        {"5000-5002:6000-6002", "|5000|6000/tcp |5001|6001/tcp |5002|6002/tcp"},
        {"5000-5002:6000", "|5000-5002|6000/tcp"},
        {"5000-5001", "||5000/tcp ||5001/tcp"},
        {"9-10:9-10", "|10|10/tcp |9|9/tcp"},
        {"0.0.0.0:80-81:80-81/udp", "0.0.0.0|80|80/udp 0.0.0.0|81|81/udp"},
    };
    for (const auto& [text, ports] : table) {
        SCOPED_TRACE(text);
        const auto parsed = parse_port(text);
        ASSERT_TRUE(parsed) << parsed.error().message();
        EXPECT_EQ(shown(*parsed), ports);
        EXPECT_EQ(parsed->front().mode, "ingress");
    }
}

TEST(Port, ShortFormIsRefusedWithTheReason) {
    const std::vector<std::pair<std::string_view, std::string_view>> table{
        {"", "the container port is missing"},
        {":", "the container port is missing"},
        {"80:", "the container port is missing"},
        {"5000:6000-6002", "host and container ranges differ in length"},
        {"5000-5001:6000-6002/tcp", "host and container ranges differ in length"},
        {"80:80/http", "the protocol must be tcp, udp or sctp"},
        {"::1:80:80", "'::1' is not an IP address (write IPv6 in [])"},
        {"300.1.1.1:80:80", "'300.1.1.1' is not an IP address (write IPv6 in [])"},
        {"localhost:80:80", "'localhost' is not an IP address (write IPv6 in [])"},
        {"70000:80", "host port out of range (1–65535): 70000"},
        {"a:80", "host port is not a number or range: a"},
        {"+80:80", "host port is not a number or range: +80"},
        {"1.2.3.4:80", "host port is not a number or range: 1.2.3.4"},
        {"5002-5000:80-82", "host port is not a number or range: 5002-5000"},
        {"80:a", "container port is not a number or range: a"},
        {"99999999999", "container port out of range (1–65535): 99999999999"},
    };
    for (const auto& [text, reason] : table) {
        const auto parsed = parse_port(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_EQ(parsed.error().message(),
                  "invalid port '" + std::string(text) + "': " + std::string(reason));
    }
}

}  // namespace
}  // namespace dockerext::compose
