#include "engine/services.hpp"

#include "base/url.hpp"
#include "support/fake_engine.hpp"
#include "support/run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dockerext::engine {
namespace {

using test::http_answer;
using test::run;
using testing::HasSubstr;
using testing::Not;

struct ServicesTest : testing::Test {
    asio::io_context io;
    test::FakeEngine fake{io};
    Client client{io.get_executor(), fake.socket()};

    void refuse(const std::string& line, unsigned status, const std::string& message) {
        fake.answer(line, http_answer(status, R"({"message":")" + message + R"("})"));
    }
};

const std::string list_of_demo = "GET /v1.40/services?status=true&filters=" +
                                 percent_encoded(R"({"label":["com.docker.stack.namespace=demo"]})");
const std::string update_s1 = "POST /v1.40/services/s1/update?version=20";

TEST_F(ServicesTest, AreListedByTheirStackWithTheirStatus) {
    fake.answer(list_of_demo, http_answer(200, R"([{"ID":"s1"}])"));
    EXPECT_EQ(run(io, list_services(client, "demo")).value().root().items()->size(), 1U);
    refuse(list_of_demo, 503, "This node is not a swarm manager. Use docker swarm init");
    const auto list = run(io, list_services(client, "demo"));
    EXPECT_EQ(list.error().kind(), ErrorKind::conflict);
    EXPECT_EQ(list.error().message(), "list services: this machine is not a manager of a swarm");
}

TEST_F(ServicesTest, AnAnswerThatIsNotJsonIsNotQuoted) {
    fake.answer(list_of_demo, http_answer(200, R"([{"Env":["KEY=sesame"])"));
    const auto list = run(io, list_services(client, "demo"));
    EXPECT_EQ(list.error().kind(), ErrorKind::unavailable);
    EXPECT_EQ(list.error().message(), "list services: the engine's answer is not JSON");
}

TEST_F(ServicesTest, TasksAreListedForTheServicesGiven) {
    const std::string line = "GET /v1.40/tasks?filters=" + percent_encoded(R"({"service":["s1","s2"]})");
    fake.answer(line, http_answer(200, "[]"));
    EXPECT_TRUE(run(io, list_tasks(client, {"s1", "s2"})));
    refuse(line, 404, "service s1 not found");
    EXPECT_EQ(run(io, list_tasks(client, {"s1", "s2"})).error().kind(), ErrorKind::not_found);
}

TEST_F(ServicesTest, AreCreatedWithTheLoginGiven) {
    const std::string line = "POST /v1.40/services/create";
    fake.answer(line, http_answer(201, R"({"ID":"s1"})"));
    EXPECT_TRUE(run(io, create_service(client, "demo_web", R"({"Name":"demo_web"})", Secret("login"))));
    EXPECT_EQ(fake.bodies().back(), R"({"Name":"demo_web"})");
    EXPECT_THAT(fake.heads().back(), HasSubstr("\r\nX-Registry-Auth: login\r\n"));
    EXPECT_TRUE(run(io, create_service(client, "demo_web", "{}", std::nullopt)));
    EXPECT_THAT(fake.heads().back(), Not(HasSubstr("X-Registry-Auth")));
}

TEST_F(ServicesTest, ARefusedCreateSaysWhy) {
    const std::string rpc = "rpc error: code = InvalidArgument desc = ";
    const std::tuple<unsigned, std::string, ErrorKind, std::string> cases[] = {
        {409,
         "rpc error: code = AlreadyExists desc = name conflicts with an existing object: service demo_web "
         "already exists",
         ErrorKind::conflict,
         "name conflicts with an existing object: service demo_web already exists (409)"},
        {400, rpc + "secret not found: demo_key", ErrorKind::conflict, "a secret that it uses is gone"},
        {400, rpc + "config not found: demo_app", ErrorKind::conflict, "a config that it uses is gone"},
        {400, rpc + "port '80' is already in use by service 'shop_web' (s9) as an ingress port",
         ErrorKind::conflict,
         "port '80' is already in use by service 'shop_web' (s9) as an ingress port (400)"},
        {400, rpc + "ContainerSpec: image reference must be provided", ErrorKind::invalid_input,
         "ContainerSpec: image reference must be provided (400)"},
        {500, "network demo_back not found", ErrorKind::unavailable, "network demo_back not found (500)"}};
    for (const auto& [status, message, kind, text] : cases) {
        SCOPED_TRACE(message);
        refuse("POST /v1.40/services/create", status, message);
        const auto created = run(io, create_service(client, "demo_web", "{}", std::nullopt));
        ASSERT_FALSE(created);
        EXPECT_EQ(created.error().kind(), kind);
        EXPECT_EQ(created.error().message(), "create service demo_web: " + text);
    }
}

TEST_F(ServicesTest, AreUpdatedInTheVersionGiven) {
    fake.answer(update_s1, http_answer(200, R"({"Warnings":null})"));
    EXPECT_TRUE(run(io, update_service(client, "s1", 20, R"({"Name":"demo_web"})", Secret("login"))));
    EXPECT_EQ(fake.bodies().back(), R"({"Name":"demo_web"})");
    EXPECT_THAT(fake.heads().back(), HasSubstr("\r\nX-Registry-Auth: login\r\n"));
    EXPECT_TRUE(run(io, update_service(client, "s1", 20, "{}", std::nullopt)));
    EXPECT_THAT(fake.heads().back(), Not(HasSubstr("X-Registry-Auth")));
}

TEST_F(ServicesTest, ARefusedUpdateHasAKindToActOn) {
    const std::tuple<unsigned, std::string, ErrorKind> cases[] = {
        {500, "rpc error: code = Unknown desc = update out of sequence", ErrorKind::conflict},
        {404, "service s1 not found", ErrorKind::not_found},
        {400, "invalid reference format", ErrorKind::invalid_input},
        {500, "rpc error: code = Unknown desc = The swarm does not have a leader.", ErrorKind::unavailable}};
    for (const auto& [status, message, kind] : cases) {
        refuse(update_s1, status, message);
        EXPECT_EQ(run(io, update_service(client, "s1", 20, "{}", std::nullopt)).error().kind(), kind)
            << message;
    }
}

TEST_F(ServicesTest, RemovingAMissingServiceSucceeds) {
    const std::pair<unsigned, bool> cases[] = {{200, true}, {404, true}, {500, false}};
    for (const auto& [status, done] : cases) {
        SCOPED_TRACE(status);
        refuse("DELETE /v1.40/services/s1", status, "service s1 not found");
        EXPECT_EQ(run(io, remove_service(client, "s1")).has_value(), done);
    }
}

}  // namespace
}  // namespace dockerext::engine
