#include "engine/client.hpp"

#include "base/task_group.hpp"
#include "support/fake_engine.hpp"
#include "support/run.hpp"

#include <gtest/gtest.h>

namespace dockerext::engine {
namespace {

using namespace std::chrono_literals;
using test::http_answer;
using test::run;

struct ClientTest : testing::Test {
    asio::io_context io;
    test::FakeEngine fake{io};
    Client client{io.get_executor(), fake.socket()};

    Result<EngineVersion> negotiate(const std::string& body) {
        fake.answer("GET /version", http_answer(200, body));
        return run(io, client.negotiate());
    }
    Result<HttpResponse> get(const std::string& target, unsigned also_accepted = 0) {
        HttpRequest request{"GET", target, {}, {}};
        return run(io, client.call(std::move(request), limits::query, also_accepted));
    }
};

TEST_F(ClientTest, UsesTheNewestCommonVersion) {
    const std::pair<std::string, ApiVersion> engines[] = {
        {R"({"Version":"19.03.1","ApiVersion":"1.40","MinAPIVersion":"1.12"})", {1, 40}},
        {R"({"Version":"20.10.24","ApiVersion":"1.41","MinAPIVersion":"1.12"})", {1, 41}},
        {R"({"Version":"27.0","ApiVersion":"1.47"})", {1, 47}},
        {R"({"Version":"29.0","ApiVersion":"1.52","MinAPIVersion":"1.44"})", {1, 47}},
        {R"({"Version":"99","ApiVersion":"2.0","MinAPIVersion":"1.47"})", {1, 47}},
    };
    for (const auto& [body, api] : engines) {
        SCOPED_TRACE(body);
        EXPECT_EQ(negotiate(body).value().api, api);
        EXPECT_EQ(client.api(), api);
        fake.answer("GET /v" + to_string(api) + "/info", http_answer(200, "{}"));
        EXPECT_TRUE(get("/info"));
    }
}

TEST_F(ClientTest, RefusesIncompatibleEngines) {
    struct Case {
        std::string body;
        ErrorKind kind;
        std::string message;
    };
    const Case cases[] = {
        {R"({"Version":"18.09.1","ApiVersion":"1.39"})", ErrorKind::invalid_input,
         "Docker Engine 18.09.1 speaks API 1.39, at least 1.40 is needed: install Docker Engine 19.03 or "
         "newer"},
        {R"({"Version":"40","ApiVersion":"1.60","MinAPIVersion":"1.48"})", ErrorKind::invalid_input,
         "Docker Engine 40 speaks API 1.48 and newer, this program up to 1.47: install a newer dockerextd or "
         "an "
         "older Docker Engine"},
        {R"({"Version":"1"})", ErrorKind::unavailable,
         "the response has no ApiVersion: this is not a Docker Engine"},
        {R"({"ApiVersion":"1.x"})", ErrorKind::unavailable,
         "the response has no ApiVersion: this is not a Docker Engine"},
        {"[]", ErrorKind::unavailable, "the response has no ApiVersion: this is not a Docker Engine"},
    };
    for (const Case& tested : cases) {
        SCOPED_TRACE(tested.body);
        const auto engine = negotiate(tested.body);
        EXPECT_EQ(engine.error().kind(), tested.kind);
        EXPECT_EQ(engine.error().message(), tested.message);
        EXPECT_EQ(client.api(), (ApiVersion{1, 40}));
    }
}

TEST_F(ClientTest, ReportsWhyNegotiationFailed) {
    EXPECT_EQ(negotiate("{").error().kind(), ErrorKind::unavailable);
    fake.answer("GET /version", http_answer(503, R"({"message":"starting"})"));
    EXPECT_EQ(run(io, client.negotiate()).error().message(), "starting (503)");
}

TEST_F(ClientTest, ReportsOtherStatusesAsErrorsUnlessAccepted) {
    fake.answer("GET /v1.40/x", http_answer(404, R"({"message":"No such thing"})"));
    EXPECT_EQ(get("/x").error().kind(), ErrorKind::not_found);
    EXPECT_EQ(get("/x", 404).value().status, 404U);
    EXPECT_EQ(get("/x", 304).error().message(), "No such thing (404)");
}

TEST_F(ClientTest, CountsEveryCall) {
    fake.answer("GET /v1.40/x", http_answer(200, "{}"));
    get("/x");
    get("/x");
    negotiate(R"({"ApiVersion":"1.40"})");
    EXPECT_EQ(client.calls(), 3U);
}

TEST_F(ClientTest, ReportsTheLongestWaitOfAllAndOfQuickCalls) {
    EXPECT_EQ(client.longest_wait(), 0ms);
    HttpRequest hangs{"GET", "/hangs", {}, {}};
    std::optional<Result<HttpResponse>> slow, quick;
    TaskGroup calls(io.get_executor());
    calls.spawn(store_result(client.call(hangs, limits::create), slow));
    run(io, sleep_for(5ms));
    EXPECT_GE(client.longest_wait(), 4ms);
    EXPECT_EQ(client.longest_quick_wait(), 0ms);
    calls.spawn(store_result(client.call(hangs, limits::query), quick));
    run(io, sleep_for(5ms));
    EXPECT_GE(client.longest_wait(), 9ms);
    EXPECT_GE(client.longest_quick_wait(), 4ms);
    calls.cancel();
    test::run_to_end(io, calls.join());
    EXPECT_EQ(client.longest_wait(), 0ms);
    EXPECT_EQ(quick->error().kind(), ErrorKind::cancelled);
}

TEST_F(ClientTest, ReportsWhyAStreamWasRefused) {
    fake.answer("GET /v1.40/events", test::chunked_head(500) + test::chunk(R"({"message":"no)") +
                                         test::chunk(R"( more"})") + test::chunk(""));
    HttpRequest request{"GET", "/events", {}, {}};
    EXPECT_EQ(run(io, client.open(std::move(request), limits::query)).error().message(), "no more (500)");
}

TEST(ParseDockerHost, TakesUnixSocketsOnly) {
    EXPECT_EQ(parse_docker_host("unix:///run/docker.sock").value(), "/run/docker.sock");
    EXPECT_EQ(parse_docker_host("/run/docker.sock").value(), "/run/docker.sock");
    for (const std::string host :
         {"", "/", "unix://", "unix://docker.sock", "tcp://127.0.0.1:2375", "docker.sock"}) {
        SCOPED_TRACE(host);
        EXPECT_EQ(parse_docker_host(host).error().kind(), ErrorKind::invalid_input);
    }
}

}  // namespace
}  // namespace dockerext::engine
