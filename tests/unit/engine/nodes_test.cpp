#include "engine/nodes.hpp"

#include "support/fake_engine.hpp"
#include "support/run.hpp"

#include <gtest/gtest.h>

namespace dockerext::engine {
namespace {

using test::http_answer;
using test::run;

struct NodesTest : testing::Test {
    asio::io_context io;
    test::FakeEngine fake{io};
    Client client{io.get_executor(), fake.socket()};
};

TEST_F(NodesTest, AreListed) {
    fake.answer("GET /v1.40/nodes", http_answer(200, R"([{"ID":"n1"}])"));
    EXPECT_EQ(run(io, list_nodes(client)).value().root().items()->size(), 1U);
    fake.answer("GET /v1.40/nodes",
                http_answer(500, R"({"message":"rpc error: code = Unknown desc = The swarm does not have a )"
                                 R"(leader. It's possible that too few managers are online."})"));
    const auto list = run(io, list_nodes(client));
    ASSERT_FALSE(list);
    EXPECT_EQ(list.error().kind(), ErrorKind::unavailable);
    EXPECT_EQ(list.error().message(),
              "list nodes: the swarm has no leader: more than half of its managers "
              "must be running and reach each other");
}

TEST_F(NodesTest, AreReadWithTheirSpecAsItIs) {
    fake.answer(
        "GET /v1.40/nodes/n1",
        http_answer(200, R"({"ID":"n1","Version":{"Index":20},"Spec":{"Labels":{},"Role":"worker"}})"));
    const auto node = run(io, inspect_node(client, "n1"));
    ASSERT_TRUE(node) << node.error().message();
    EXPECT_EQ(node->version, 20U);
    EXPECT_EQ(node->spec, R"({"Labels":{},"Role":"worker"})");
    fake.answer("GET /v1.40/nodes/n1", http_answer(200, R"({"ID":"n1"})"));
    EXPECT_EQ(run(io, inspect_node(client, "n1")).error().message(),
              "inspect node n1: the engine's answer has no Version or Spec");
}

TEST_F(NodesTest, AreUpdatedInTheVersionThatWasRead) {
    const std::string line = "POST /v1.40/nodes/n1/update?version=20";
    fake.answer(line, http_answer(200, ""));
    EXPECT_TRUE(run(io, update_node(client, "n1", 20, R"({"Role":"worker"})")));
    EXPECT_EQ(fake.bodies().back(), R"({"Role":"worker"})");
    const std::tuple<unsigned, std::string, ErrorKind> cases[] = {
        {500, "rpc error: code = Unknown desc = update out of sequence", ErrorKind::conflict},
        {400,
         "rpc error: code = FailedPrecondition desc = attempting to demote the last manager of the swarm",
         ErrorKind::conflict},
        {503, "This node is not a swarm manager. Worker nodes can't be used", ErrorKind::conflict},
        {404, "node n1 not found", ErrorKind::not_found},
        {400, "invalid Role: \\\"boss\\\"", ErrorKind::invalid_input}};
    for (const auto& [status, text, kind] : cases) {
        fake.answer(line, http_answer(status, R"({"message":")" + text + R"("})"));
        EXPECT_EQ(run(io, update_node(client, "n1", 20, "{}")).error().kind(), kind) << text;
    }
}

TEST_F(NodesTest, AreRemovedOnlyWhileTheyAreDown) {
    const std::tuple<unsigned, std::string, bool> cases[] = {
        {200, "", true},
        {404, "node n1 not found", true},
        {400, "rpc error: code = FailedPrecondition desc = node n1 is not down and can't be removed", false},
        {400,
         "rpc error: code = FailedPrecondition desc = node n1 is a cluster manager and is a member of "
         "the raft cluster. It must be demoted to worker before removal",
         false}};
    for (const auto& [status, text, done] : cases) {
        SCOPED_TRACE(text);
        fake.answer("DELETE /v1.40/nodes/n1", http_answer(status, R"({"message":")" + text + R"("})"));
        const auto removed = run(io, remove_node(client, "n1"));
        EXPECT_EQ(removed.has_value(), done);
        if (!done) {
            EXPECT_EQ(removed.error().kind(), ErrorKind::conflict);
        }
    }
}

}  // namespace
}  // namespace dockerext::engine
