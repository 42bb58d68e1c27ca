#include "engine/networks.hpp"

#include "base/url.hpp"
#include "support/fake_engine.hpp"
#include "support/run.hpp"

#include <gtest/gtest.h>

namespace dockerext::engine {
namespace {

using test::http_answer;
using test::run;

struct NetworksTest : testing::Test {
    asio::io_context io;
    test::FakeEngine fake{io};
    Client client{io.get_executor(), fake.socket()};
};

TEST_F(NetworksTest, ListsAndCreates) {
    fake.answer("GET /v1.40/networks", http_answer(200, "[]"));
    EXPECT_TRUE(run(io, list_networks(client)));
    fake.answer("POST /v1.40/networks/create", http_answer(201, R"({"Id":"n1","Warning":""})"));
    EXPECT_EQ(run(io, create_network(client, R"({"Name":"demo_default"})")).value(), "n1");
    EXPECT_EQ(fake.bodies().at(1), R"({"Name":"demo_default"})");
}

TEST_F(NetworksTest, RemovingAMissingNetworkSucceeds) {
    const std::pair<unsigned, bool> cases[] = {{204, true}, {404, true}, {403, false}, {500, false}};
    for (const auto& [status, done] : cases) {
        SCOPED_TRACE(status);
        fake.answer("DELETE /v1.40/networks/n1", http_answer(status, "{}"));
        EXPECT_EQ(run(io, remove_network(client, "n1")).has_value(), done);
    }
}

TEST_F(NetworksTest, ListsThoseOfTheSwarmToo) {
    const std::string line = "GET /v1.40/networks";
    fake.answer(line, http_answer(200, R"([{"Id":"n1"}])"));
    EXPECT_EQ(run(io, list_swarm_networks(client)).value().root().items()->size(), 1U);
    fake.answer(line, http_answer(500, R"({"message":"The swarm does not have a leader."})"));
    EXPECT_EQ(run(io, list_swarm_networks(client)).error().kind(), ErrorKind::unavailable);
}

TEST_F(NetworksTest, RemovesThoseOfTheSwarmThatNothingUses) {
    const std::tuple<unsigned, std::string, std::optional<ErrorKind>> cases[] = {
        {500, "network n1 not found", std::nullopt},
        {500, "network n2 not found", ErrorKind::unavailable},
        {400, "rpc error: code = FailedPrecondition desc = network n1 is in use by service s1",
         ErrorKind::conflict},
        {400, "rpc error: code = FailedPrecondition desc = network n1 is in use by task t1",
         ErrorKind::conflict}};
    for (const auto& [status, message, kind] : cases) {
        SCOPED_TRACE(message);
        fake.answer("DELETE /v1.40/networks/n1", http_answer(status, R"({"message":")" + message + R"("})"));
        const auto removed = run(io, remove_network(client, "n1"));
        EXPECT_EQ(removed ? std::optional<ErrorKind>() : removed.error().kind(), kind);
    }
}

TEST_F(NetworksTest, ConnectsWithTheEndpointGiven) {
    fake.answer("POST /v1.40/networks/n1/connect", http_answer(200, ""));
    EXPECT_TRUE(run(io, connect_network(client, "n1", R"({"Container":"web"})")));
    EXPECT_EQ(fake.bodies().at(0), R"({"Container":"web"})");
    fake.answer("POST /v1.40/networks/n1/connect", http_answer(403, R"({"message":"already exists"})"));
    EXPECT_EQ(run(io, connect_network(client, "n1", "{}")).error().message(),
              "connect network n1: already exists (403)");
}

TEST_F(NetworksTest, DisconnectingAnUnconnectedContainerSucceeds) {
    const std::string stranger = R"({"message":"container web is not connected to network demo"})";
    const std::tuple<unsigned, std::string, bool> cases[] = {
        {200, "", true}, {404, "", true}, {403, stranger, true}, {500, stranger, true}, {500, "{}", false}};
    for (const auto& [status, body, done] : cases) {
        SCOPED_TRACE(std::to_string(status) + body);
        fake.answer("POST /v1.40/networks/n1/disconnect", http_answer(status, body));
        EXPECT_EQ(run(io, disconnect_network(client, "n1", "web")).has_value(), done);
        EXPECT_EQ(fake.bodies().back(), R"({"Container":"web","Force":true})");
    }
}

}  // namespace
}  // namespace dockerext::engine
