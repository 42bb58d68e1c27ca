#include "apply/port_holder.hpp"

#include "support/fake_engine.hpp"
#include "support/run.hpp"

#include <gtest/gtest.h>

namespace dockerext::apply {
namespace {

TEST(TakenPort, IsReadFromTheEnginesMessage) {
    struct Case {
        std::string message;
        std::optional<Port> expected;
    };
    const std::vector<Case> cases{
        {"Bind for 0.0.0.0:8080 failed: port is already allocated", Port{8080, "tcp"}},
        {"listen tcp4 0.0.0.0:8081: bind: address already in use", Port{8081, "tcp"}},
        {"listen udp6 [::1]:53: bind: address already in use", Port{53, "udp"}},
        {"failed to bind host port for 0.0.0.0:8082:172.17.0.2:80/tcp: address already in use",
         Port{8082, "tcp"}},
        {"failed to bind host port 0.0.0.0:8083/udp: address already in use", Port{8083, "udp"}},
        {"listen tcp4 10.9.0.1:8090: bind: cannot assign requested address", std::nullopt},
        {"Address already in use", std::nullopt},
        {"listen tcp4 0.0.0.0:99999: bind: address already in use", std::nullopt},
    };
    for (const Case& c : cases) EXPECT_EQ(taken_port(c.message), c.expected) << c.message;
}

TEST(PortHolder, IsAContainerIfOnePublishesThePort) {
    asio::io_context io;
    test::FakeEngine fake(io);
    engine::Client client(io.get_executor(), fake.socket());
    fake.answer("GET /v1.40/containers/json?filters=%7B%22publish%22%3A%5B%228080%2Ftcp%22%5D%7D",
                test::http_answer(200, R"([{"Id":"c1","Names":["/other-1"]}])"));
    const Error taken(ErrorKind::unavailable, "Bind for 0.0.0.0:8080 failed: port is already allocated");
    EXPECT_EQ(
        test::run(io, with_port_holder(client, taken)).message(),
        taken.message() + "; port 8080/tcp is held by container other-1: end it, or publish another port");
    const Error other(ErrorKind::unavailable, "no such file");
    EXPECT_EQ(test::run(io, with_port_holder(client, other)).message(), "no such file");
}

}  // namespace
}  // namespace dockerext::apply
