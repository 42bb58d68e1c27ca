#include "observe/swarm_observer.hpp"

#include "support/fake_engine.hpp"
#include "support/run.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dockerext::observe {
namespace {

using asio::ip::tcp;
using model::LocalNodeState;
using test::http_answer;
using testing::ElementsAre;
using testing::IsEmpty;

struct SwarmObserverTest : testing::Test {
    asio::io_context io;
    test::FakeEngine fake{io};
    engine::Client client{io.get_executor(), fake.socket()};
    model::SwarmSettings settings{.managers = {{"127.0.0.1", 1}}};

    void answer_info(const std::string& swarm) {
        fake.answer("GET /v1.40/info", http_answer(200, R"({"Swarm":{)" + swarm + "}}"));
    }
    Result<model::ObservedSwarm> look() { return test::run(io, observe_swarm(client, settings)); }
};

const std::string a_manager = R"("LocalNodeState":"active","ControlAvailable":true)";

TEST_F(SwarmObserverTest, AsksWhichManagersAnswerWhileInNoSwarm) {
    tcp::acceptor manager(io, tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0));
    settings.managers.push_back({"127.0.0.1", manager.local_endpoint().port()});
    answer_info(R"("LocalNodeState":"inactive")");
    const auto swarm = look();
    ASSERT_TRUE(swarm) << swarm.error().message();
    EXPECT_THAT(swarm->answering, ElementsAre(settings.managers.at(1)));
    EXPECT_EQ(swarm->source_address, "127.0.0.1");
    EXPECT_EQ(swarm->addresses, machine_addresses().value());
    for (const std::string state : {"active", "pending", "locked", "error"}) {
        answer_info(R"("LocalNodeState":")" + state + "\"");
        EXPECT_THAT(look().value().answering, IsEmpty()) << state;
    }
    EXPECT_THAT(fake.requests(), testing::Each("GET /v1.40/info"));
}

TEST_F(SwarmObserverTest, DoesNotAskItself) {
    answer_info(R"("LocalNodeState":"inactive")");
    settings.managers.clear();
    for (const MachineAddress& own : machine_addresses().value()) {
        if (own.address.find(':') != std::string::npos) continue;
        settings.managers.push_back({own.address, 0});
    }
    std::vector<tcp::acceptor> listening;
    for (TcpAddress& manager : settings.managers) {
        listening.emplace_back(io, tcp::endpoint(asio::ip::make_address(manager.host), 0));
        manager.port = listening.back().local_endpoint().port();
    }
    EXPECT_THAT(look().value().answering, IsEmpty());
    EXPECT_EQ(look().value().source_address, "");
}

TEST_F(SwarmObserverTest, ListsTheNodesOfAManager) {
    answer_info(a_manager);
    fake.answer("GET /v1.40/nodes",
                http_answer(200, R"([{"ID":"n1","Spec":{"Role":"manager","Availability":"active"}}])"));
    const auto swarm = look();
    ASSERT_TRUE(swarm) << swarm.error().message();
    ASSERT_TRUE(swarm->nodes);
    EXPECT_EQ(swarm->nodes->at(0).id, "n1");
    EXPECT_EQ(swarm->nodes_error, "");
}

TEST_F(SwarmObserverTest, SaysWhyAManagerCannotListTheNodes) {
    answer_info(a_manager);
    const std::pair<std::string, std::string> cases[] = {
        {http_answer(500,
                     R"({"message":"rpc error: code = Unknown desc = The swarm does not have a leader."})"),
         "list nodes: the swarm has no leader: more than half of its managers must be running and reach each "
         "other"},
        {http_answer(200, R"([{"ID":"n1","Spec":{"Role":"boss","Availability":"active"}}])"),
         "list nodes: /0/Spec/Role: unknown word 'boss'"},
    };
    for (const auto& [answer, error] : cases) {
        fake.answer("GET /v1.40/nodes", answer);
        const auto swarm = look();
        ASSERT_TRUE(swarm) << swarm.error().message();
        EXPECT_FALSE(swarm->nodes);
        EXPECT_EQ(swarm->nodes_error, error);
    }
}

TEST_F(SwarmObserverTest, FailsWithoutTheEnginesFacts) {
    fake.answer("GET /v1.40/info", http_answer(500, R"({"message":"out of order"})"));
    EXPECT_EQ(look().error().message(), "engine info: out of order (500)");
    answer_info(R"("LocalNodeState":"asleep")");
    EXPECT_EQ(look().error().message(), "engine info: /Swarm/LocalNodeState: unknown word 'asleep'");
}

}  // namespace
}  // namespace dockerext::observe
