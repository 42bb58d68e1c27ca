#include "engine/containers.hpp"

#include "support/fake_engine.hpp"
#include "support/run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dockerext::engine {
namespace {

using namespace std::chrono_literals;
using test::chunk;
using test::chunked_head;
using test::http_answer;
using test::run;

struct ContainersTest : testing::Test {
    asio::io_context io;
    test::FakeEngine fake{io};
    Client client{io.get_executor(), fake.socket()};

    /// Every container call, by the request that it must send.
    std::map<std::string, std::function<Task<Result<>>()>> orders() {
        return {
            {"POST /v1.40/containers/web/start", [&] { return start_container(client, "web"); }},
            {"POST /v1.40/containers/web/stop", [&] { return stop_container(client, "web", 10s); }},
            {"POST /v1.40/containers/web/restart", [&] { return restart_container(client, "web", 10s); }},
            {"POST /v1.40/containers/web/unpause", [&] { return unpause_container(client, "web"); }},
            {"POST /v1.40/containers/web/rename?name=shop-web-1",
             [&] { return rename_container(client, "web", "shop-web-1"); }},
            {"POST /v1.40/containers/web/update",
             [&] { return update_container(client, "web", R"({"Memory":1})"); }},
            {"DELETE /v1.40/containers/web?force=1", [&] { return remove_container(client, "web"); }},
        };
    }
};

TEST_F(ContainersTest, CommandsSucceedWithASuccessStatus) {
    for (const auto& [line, order] : orders()) {
        SCOPED_TRACE(line);
        fake.answer(line, "HTTP/1.1 204 No Content\r\n\r\n");
        EXPECT_TRUE(run(io, order()));
        EXPECT_EQ(fake.requests().back(), line);
    }
}

TEST_F(ContainersTest, CommandsFailWithTheEnginesReason) {
    for (const auto& [line, order] : orders()) {
        SCOPED_TRACE(line);
        fake.answer(line, http_answer(500, R"({"message":"driver failed"})"));
        const auto done = run(io, order());
        EXPECT_EQ(done.error().kind(), ErrorKind::unavailable);
        EXPECT_THAT(done.error().message(),
                    testing::ContainsRegex("container web( to shop-web-1)?: driver failed .500.$"));
    }
}

TEST_F(ContainersTest, AnAlreadyReachedStateCountsAsDone) {
    const std::string removing = R"({"message":"removal of container web is already in progress"})";
    const std::tuple<std::string, unsigned, std::string, bool> cases[] = {
        {"POST /v1.40/containers/web/start", 304, "", true},
        {"POST /v1.40/containers/web/stop", 304, "", true},
        {"POST /v1.40/containers/web/stop", 404, "", false},
        {"POST /v1.40/containers/web/restart", 304, "", false},
        {"DELETE /v1.40/containers/web?force=1", 404, "", true},
        {"DELETE /v1.40/containers/web?force=1", 409, removing, true},
        {"DELETE /v1.40/containers/web?force=1", 409, R"({"message":"in use"})", false},
        {"DELETE /v1.40/containers/web?force=1", 500, removing, false},
    };
    for (const auto& [line, status, body, done] : cases) {
        SCOPED_TRACE(line + " " + std::to_string(status));
        fake.answer(line, http_answer(status, body));
        EXPECT_EQ(run(io, orders().at(line)()).has_value(), done);
    }
}

TEST_F(ContainersTest, CreatesUnderANameAndGivesTheId) {
    const std::string line = "POST /v1.40/containers/create?name=web-1";
    fake.answer(line, http_answer(201, R"({"Id":"c0ffee","Warnings":[]})"));
    EXPECT_EQ(run(io, create_container(client, "web-1", R"({"Image":"nginx"})")).value(), "c0ffee");
    EXPECT_EQ(fake.bodies().at(0), R"({"Image":"nginx"})");

    fake.answer(line, http_answer(409, R"({"message":"Conflict. The container name \"/web-1\" is in use"})"));
    const auto taken = run(io, create_container(client, "web-1", "{}"));
    EXPECT_EQ(taken.error().kind(), ErrorKind::conflict);
    EXPECT_EQ(taken.error().message(),
              "create container web-1: Conflict. The container name \"/web-1\" is in use (409)");

    fake.answer(line, http_answer(201, "{}"));
    EXPECT_EQ(run(io, create_container(client, "web-1", "{}")).error().message(),
              "create container web-1: the engine's answer has no Id");
}

TEST_F(ContainersTest, ListsThoseOfAnImage) {
    fake.answer("GET /v1.40/containers/json?all=1&filters=%7B%22ancestor%22%3A%5B%22sha256%3A1%22%5D%7D",
                http_answer(200, R"([
        {"Id":"1","Names":["/web-1","/other/alias"],"Labels":{"a":"b"}},
        {"Id":"2","Names":null,"Labels":null}])"));
    const auto list = run(io, list_containers_of_image(client, "sha256:1"));
    ASSERT_EQ(list->size(), 2U);
    EXPECT_EQ(list->at(0).names, (std::vector<std::string>{"web-1", "other/alias"}));
    EXPECT_EQ(list->at(0).labels, (std::map<std::string, std::string>{{"a", "b"}}));
    EXPECT_EQ(list->at(1).id, "2");
}

TEST_F(ContainersTest, ListsAllAndRefusesInvalidJson) {
    fake.answer("GET /v1.40/containers/json?all=1", http_answer(200, "[]"));
    EXPECT_TRUE(run(io, list_containers(client)).value().empty());
    for (const std::string body : {"{}", "[{}]", "[1]", "<html>"}) {
        SCOPED_TRACE(body);
        fake.answer("GET /v1.40/containers/json?all=1", http_answer(200, body));
        EXPECT_EQ(run(io, list_containers(client)).error().kind(), ErrorKind::unavailable);
    }
}

TEST_F(ContainersTest, InspectsByNameOrId) {
    fake.answer("GET /v1.40/containers/web/json", http_answer(200, R"({"Id":"1"})"));
    EXPECT_EQ(run(io, inspect_container(client, "web")).value().root().at("Id")->string().value(), "1");
    fake.answer("GET /v1.40/containers/web/json",
                http_answer(404, R"({"message":"No such container: web"})"));
    const auto gone = run(io, inspect_container(client, "web"));
    EXPECT_EQ(gone.error().kind(), ErrorKind::not_found);
    EXPECT_EQ(gone.error().message(), "inspect container web: No such container: web (404)");
}

TEST_F(ContainersTest, ShowsIdsShort) {
    const std::string id = "0123456789abcdef" + std::string(48, '0');
    fake.answer("POST /v1.40/containers/" + id + "/start", http_answer(500, "{}"));
    EXPECT_THAT(run(io, start_container(client, id)).error().message(),
                testing::StartsWith("start container 0123456789ab: "));
}

TEST_F(ContainersTest, GivesTheLogsAsText) {
    const std::string frame("\1\0\0\0\0\0\0\3hi\n", 11);
    fake.answer("GET /v1.40/containers/web/logs?stdout=1&stderr=1&tail=20", http_answer(200, frame));
    EXPECT_EQ(run(io, container_logs(client, "web", {.lines = 20})).value(), "hi\n");
}

TEST_F(ContainersTest, AsksForLogsAfterATime) {
    fake.answer(
        "GET /v1.40/containers/web/logs?stdout=1&stderr=1&tail=all&timestamps=1&since=1700000000.000000008",
        http_answer(200, ""));
    constexpr WallTime last{std::chrono::seconds(1'700'000'000) + std::chrono::nanoseconds(7)};
    EXPECT_TRUE(run(io, container_logs(client, "web", {.after = last, .timestamps = true})));
}

TEST_F(ContainersTest, ReturnsTheNewestLinesOfChunkedLogs) {
    std::string answer = chunked_head();
    for (int i = 0; i < 100; ++i)
        answer += chunk(std::string("\1\0\0\0\0\0\0\5", 8)) + chunk(std::to_string(1000 + i) + "\n");
    fake.answer("GET /v1.40/containers/web/logs?stdout=1&stderr=1&tail=20", answer + chunk(""));
    const auto logs = run(io, container_logs(client, "web", {.lines = 20, .limit = 12}));
    EXPECT_EQ(logs.value(), "(older output is left out; these are the last 0 KiB)\n1098\n1099\n");
}

}  // namespace
}  // namespace dockerext::engine
