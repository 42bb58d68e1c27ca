#include "compose/port.hpp"

#include <gtest/gtest.h>

namespace dockerext::compose {
namespace {

/// "HOST_IP|PUBLISHED|TARGET/PROTOCOL …"
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
        {"", "no container port is given"},
        {":", "no container port is given"},
        {"80:", "no container port is given"},
        {"5000:6000-6002", "host and container ranges differ in length"},
        {"5000-5001:6000-6002/tcp", "host and container ranges differ in length"},
        {"80:80/http", "the protocol must be tcp, udp or sctp"},
        {"::1:80:80", "'::1' is no IP address (IPv6 goes in [])"},
        {"300.1.1.1:80:80", "'300.1.1.1' is no IP address (IPv6 goes in [])"},
        {"localhost:80:80", "'localhost' is no IP address (IPv6 goes in [])"},
        {"70000:80", "'70000' is no host port"},
        {"a:80", "'a' is no host port"},
        {"+80:80", "'+80' is no host port"},
        {"1.2.3.4:80", "'1.2.3.4' is no host port"},
        {"5002-5000:80-82", "'5002-5000' is no host port"},
        {"80:a", "'a' is no container port"},
        {"99999999999", "'99999999999' is no container port"},
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
