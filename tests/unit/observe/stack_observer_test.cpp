#include "observe/stack_observer.hpp"

#include "base/url.hpp"
#include "support/fake_engine.hpp"
#include "support/run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dockerext::observe {
namespace {

using model::ObservedStack;
using model::StackFileKind;
using model::TaskProblem;
using test::http_answer;
using testing::ElementsAre;
using testing::Not;

const std::string list_services = "GET /v1.40/services?status=true&filters=" +
                                  percent_encoded(R"({"label":["com.docker.stack.namespace=demo"]})");
const std::string list_tasks_of_s2 = "GET /v1.40/tasks?filters=" + percent_encoded(R"({"service":["s2"]})");
const std::string list_configs = "GET /v1.40/configs", list_secrets = "GET /v1.40/secrets";
const std::string list_networks = "GET /v1.40/networks";

std::string service(const std::string& id, const std::string& name, unsigned running) {
    return R"({"ID":")" + id + R"(","Version":{"Index":1},"Spec":{"Name":")" + name +
           R"("},"ServiceStatus":{"RunningTasks":)" + std::to_string(running) + R"(,"DesiredTasks":1}})";
}

struct StackObserverTest : testing::Test {
    asio::io_context io;
    test::FakeEngine fake{io};
    engine::Client client{io.get_executor(), fake.socket()};

    StackObserverTest() {
        fake.answer(list_services, http_answer(200, "[" + service("s1", "demo_web", 1) + "]"));
        fake.answer(list_configs, http_answer(200, R"([{"ID":"c1","Spec":{"Name":"demo_app"}}])"));
        fake.answer(list_secrets, http_answer(200, R"([{"ID":"k1","Spec":{"Name":"demo_key"}}])"));
        fake.answer(list_networks, http_answer(200, R"([{"Id":"n1","Name":"demo_back","Scope":"swarm"},)"
                                                    R"({"Id":"n2","Name":"bridge","Scope":"local"}])"));
    }
    /// One of two services lacks a task.
    void lack_a_task(unsigned status, const std::string& tasks) {
        fake.answer(list_services, http_answer(200, "[" + service("s1", "demo_web", 1) + "," +
                                                        service("s2", "demo_db", 0) + "]"));
        fake.answer(list_tasks_of_s2, http_answer(status, tasks));
    }
    Result<ObservedStack> look() { return test::run(io, observe_stack(client, {"demo"})); }
};

TEST_F(StackObserverTest, TakesACallForEachKind) {
    const auto stack = look();
    ASSERT_TRUE(stack) << stack.error().message();
    EXPECT_EQ(stack->services.at("demo_web").id, "s1");
    ASSERT_EQ(stack->files.size(), 2U);
    EXPECT_EQ(stack->files.at(0).id, "c1");
    EXPECT_EQ(stack->files.at(0).kind, StackFileKind::config);
    EXPECT_EQ(stack->files.at(1).id, "k1");
    EXPECT_EQ(stack->files.at(1).kind, StackFileKind::secret);
    ASSERT_EQ(stack->networks.size(), 1U);
    EXPECT_EQ(stack->networks.at(0).id.value, "n1");
    EXPECT_THAT(stack->local_networks, ElementsAre(testing::Pair(model::NetworkName{"bridge"}, testing::_)));
    EXPECT_THAT(fake.requests(), ElementsAre(list_services, list_configs, list_secrets, list_networks));
}

TEST_F(StackObserverTest, AsksForTheTasksOfServicesThatLackSome) {
    client.set_redactor(Redactor({Secret("sesame")}));
    lack_a_task(200, R"([{"ServiceID":"s2","DesiredState":"running","Spec":{},)"
                     R"("Status":{"State":"rejected","Err":"no such program: sesame"}}])");
    const auto stack = look();
    ASSERT_TRUE(stack) << stack.error().message();
    EXPECT_THAT(stack->services.at("demo_db").problems,
                ElementsAre(TaskProblem{"", "rejected", "no such program: (hidden)"}));
    EXPECT_THAT(stack->services.at("demo_web").problems, testing::IsEmpty());
}

TEST_F(StackObserverTest, KnowsNoReasonIfAServiceWasRemovedInBetween) {
    lack_a_task(404, R"({"message":"service s2 not found"})");
    const auto stack = look();
    ASSERT_TRUE(stack) << stack.error().message();
    EXPECT_THAT(stack->services.at("demo_db").problems, testing::IsEmpty());
    EXPECT_EQ(stack->networks.size(), 1U);
}

TEST_F(StackObserverTest, FailsIfAnyListDoes) {
    lack_a_task(200, "[]");
    const std::pair<std::string, std::string> lists[] = {{list_tasks_of_s2, "list tasks: "},
                                                         {list_services, "list services: "},
                                                         {list_configs, "list configs: "},
                                                         {list_secrets, "list secrets: "},
                                                         {list_networks, "list networks: "}};
    const std::pair<std::string, ErrorKind> answers[] = {
        {http_answer(500, R"({"message":"The swarm does not have a leader."})"), ErrorKind::unavailable},
        {http_answer(503, R"({"message":"This node is not a swarm manager."})"), ErrorKind::conflict},
        {http_answer(200, R"([{"Env":"sesame","Scope":"swarm"}])"), ErrorKind::unavailable}};
    for (const auto& [line, doing] : lists) {
        for (const auto& [answer, kind] : answers) {
            SCOPED_TRACE(line + answer);
            fake.answer(line, answer);
            const auto stack = look();
            ASSERT_FALSE(stack);
            EXPECT_EQ(stack.error().kind(), kind);
            EXPECT_THAT(stack.error().message(), testing::StartsWith(doing));
            EXPECT_THAT(stack.error().message(), Not(testing::HasSubstr("sesame")));
        }
        fake.answer(line, http_answer(200, "[]"));
    }
}

}  // namespace
}  // namespace dockerext::observe
