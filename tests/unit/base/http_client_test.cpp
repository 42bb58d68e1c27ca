#include "base/http_client.hpp"

#include "base/task_group.hpp"
#include "support/fake_engine.hpp"
#include "support/run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dockerext {
namespace {

using namespace std::chrono_literals;
using test::Answer;
using test::FakeEngine;
using test::http_answer;
using test::run;
using testing::HasSubstr;

const Answer hangs_up{"", Answer::Then::close};

HttpRequest request(std::string method) { return {std::move(method), "/thing?x=1", {}, {}}; }

struct HttpClientTest : testing::Test {
    asio::io_context io;
    FakeEngine peer{io};
    HttpClient client{io.get_executor(), peer.socket()};

    Result<HttpResponse> send(HttpRequest asked, Duration limit = 30s) {
        return run(io, client.send(std::move(asked), limit));
    }
};

TEST_F(HttpClientTest, SendsTheWholeRequestAndGivesStatusAndBody) {
    peer.answer("POST /thing?x=1", http_answer(500, "no"));
    const auto response = send({"POST", "/thing?x=1", R"({"a":1})", {{"X-Mark", "yes"}}});
    EXPECT_EQ(response->status, 500U);
    EXPECT_EQ(response->body, "no");
    EXPECT_EQ(peer.bodies().at(0), R"({"a":1})");
    EXPECT_THAT(peer.heads().at(0), HasSubstr("\r\nX-Mark: yes\r\n"));
    EXPECT_THAT(peer.heads().at(0), HasSubstr("\r\nContent-Type: application/json\r\n"));
}

TEST_F(HttpClientTest, ReadsEveryBodyEncoding) {
    const std::pair<std::string, std::string> answers[] = {
        {http_answer(200, "text"), "text"},
        {test::chunked_head() + test::chunk("te") + test::chunk("xt") + test::chunk(""), "text"},
        {"HTTP/1.1 200 OK\r\n\r\ntext", "text"},  // the body ends when the connection closes
        {"HTTP/1.1 204 No Content\r\n\r\n", ""},
        {"HTTP/1.1 304 Not Modified\r\nContent-Length: 4\r\n\r\n", ""},
    };
    for (const auto& [bytes, body] : answers) {
        SCOPED_TRACE(bytes);
        peer.answer("GET /thing?x=1", bytes);
        EXPECT_EQ(send(request("GET")).value().body, body);
    }
}

TEST_F(HttpClientTest, UsesAConnectionAgain) {
    peer.answer("POST /thing?x=1", http_answer(200, "{}"));
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(send(request("POST")));
    EXPECT_EQ(peer.connections(), 1U);
}

Task<void> send_two(HttpClient& client, asio::any_io_executor executor) {
    TaskGroup both(executor);
    std::optional<Result<HttpResponse>> first, second;
    both.spawn(store_result(client.send(request("GET"), 30s), first));
    both.spawn(store_result(client.send(request("GET"), 30s), second));
    co_await both.join();
    EXPECT_TRUE(first->has_value() && second->has_value());
}

TEST_F(HttpClientTest, UsesOneConnectionPerConcurrentCall) {
    peer.answer("GET /thing?x=1", http_answer(200, "{}"));
    test::run_to_end(io, send_two(client, io.get_executor()));
    EXPECT_EQ(peer.connections(), 2U);
}

TEST_F(HttpClientTest, ReplacesAConnectionThatWasClosedWhileIdle) {
    for (const std::string method : {"GET", "POST"}) {
        SCOPED_TRACE(method);
        peer.answer(method + " /thing?x=1", http_answer(200, "{}"));
        EXPECT_TRUE(send(request(method)));
        io.poll();  // the peer waits for a request again
        const auto before = peer.connections();
        peer.close_idle_connections();
        EXPECT_TRUE(send(request(method)));
        EXPECT_EQ(peer.connections(), before + 1);
    }
    EXPECT_EQ(peer.requests().size(), 4U);
}

TEST_F(HttpClientTest, RetriesOnlyIdempotentRequests) {
    const std::pair<std::string, bool> methods[] = {{"GET", true}, {"DELETE", true}, {"POST", false}};
    for (const auto& [method, again] : methods) {
        SCOPED_TRACE(method);
        const std::string line = method + " /thing?x=1";
        const auto before = peer.requests().size();
        peer.answers(line, {{http_answer(200, "{}")}, hangs_up, {http_answer(200, "{}")}});
        EXPECT_TRUE(send(request(method)));
        EXPECT_EQ(send(request(method)).has_value(), again);
        EXPECT_EQ(peer.requests().size(), before + (again ? 3 : 2));
    }
}

TEST_F(HttpClientTest, NeverRetriesOnANewConnection) {
    peer.answers("GET /thing?x=1", {hangs_up});
    const auto response = send(request("GET"));
    EXPECT_EQ(response.error().message(), "GET /thing: read: connection closed before the response");
    EXPECT_EQ(peer.requests().size(), 1U);
}

TEST_F(HttpClientTest, DropsAConnectionWithUnsolicitedData) {
    const std::string twice = http_answer(200, "{}") + http_answer(200, "{}");
    for (const auto pace :
         {Answer::Pace::at_once, Answer::Pace::by_bytes}) {  // the surplus comes with the answer, or after it
        SCOPED_TRACE(static_cast<int>(pace));
        peer.answers("POST /thing?x=1", {{twice, Answer::Then::keep, pace}});
        EXPECT_TRUE(send(request("POST")));
        io.poll();
        const auto before = peer.connections();
        EXPECT_TRUE(send(request("POST")));
        EXPECT_EQ(peer.connections(), before + 1);
    }
}

TEST_F(HttpClientTest, ReportsBadPeersAsErrors) {
    const std::string huge(100'000, 'x');
    const std::pair<std::string, std::string> answers[] = {
        {"", "connection closed before the response"},
        {"HTTP/1.1 200", "connection closed during the response"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", "connection closed during the response"},
        {test::chunked_head() + test::chunk("half"), "connection closed during the response"},
        {test::chunked_head() + "zz\r\n", "the response is not HTTP: bad chunk"},
        {"SSH-2.0-OpenSSH_9.2\r\n\r\n", "the response is not HTTP: bad version"},
        {"HTTP/1.1 200 OK\r\nX: " + huge + "\r\n\r\n", "the response headers are larger than 64 KiB"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 67108865\r\n\r\n", "the response is too large"},
        {test::chunked_head() + "4000001\r\nxx", "the response is too large"},
        {"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "the response is not HTTP: bad Content-Length"},
    };
    for (const auto& [bytes, text] : answers) {
        SCOPED_TRACE(bytes.substr(0, 80));
        peer.answers("GET /thing?x=1", {{bytes, Answer::Then::close}});
        const auto response = send(request("GET"));
        EXPECT_EQ(response.error().kind(), ErrorKind::unavailable);
        EXPECT_EQ(response.error().message(), "GET /thing: read: " + text);
    }
}

TEST_F(HttpClientTest, GivesUpOnSilence) {
    const std::string bytes = http_answer(200, std::string(4000, 'x'));
    const std::vector<Answer> silent_answers = {{"", Answer::Then::keep},
                                                {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"}};
    for (const Answer& silent_answer : silent_answers) {
        SCOPED_TRACE(silent_answer.bytes);
        peer.answers("GET /thing?x=1", {silent_answer});
        const auto response = send(request("GET"), 20ms);
        EXPECT_EQ(response.error().kind(), ErrorKind::timeout);
        EXPECT_EQ(response.error().message(), "GET /thing: read: no answer in time");
    }
}

TEST_F(HttpClientTest, ReadsAResponseThatArrivesByteByByte) {
    peer.answers("GET /thing?x=1", {{http_answer(200, "slow"), Answer::Then::keep, Answer::Pace::by_bytes}});
    EXPECT_EQ(send(request("GET")).value().body, "slow");
}

TEST_F(HttpClientTest, LimitsTheTotalSize) {
    peer.answers("GET /thing?x=1", {{http_answer(200, std::string(8'000'000, 'x')), Answer::Then::keep,
                                     Answer::Pace::by_bytes}});
    EXPECT_EQ(send(request("GET"), 50ms).error().kind(), ErrorKind::timeout);
}

TEST_F(HttpClientTest, NamesTheSocketThatItCannotReach) {
    HttpClient nobody(io.get_executor(), "/nowhere/docker.sock");
    const auto response = run(io, nobody.send(request("GET"), 1s));
    EXPECT_EQ(response.error().kind(), ErrorKind::unavailable);
    EXPECT_EQ(response.error().message(),
              "GET /thing: connect /nowhere/docker.sock: No such file or directory");

    HttpClient too_long(io.get_executor(), "/" + std::string(200, 'x'));
    EXPECT_THAT(run(io, too_long.send(request("GET"), 1s)).error().message(),
                HasSubstr("File name too long"));
}

TEST_F(HttpClientTest, DropsTheConnectionOfACancelledCall) {
    peer.answers("GET /thing?x=1", {{"", Answer::Then::keep}, {http_answer(200, "{}")}});
    std::optional<Result<HttpResponse>> given_up;
    TaskGroup calls(io.get_executor());
    calls.spawn(store_result(client.send(request("GET"), 1h), given_up));
    ASSERT_TRUE(test::run_until(io, [this] { return !peer.requests().empty(); }));
    calls.cancel();
    test::run_to_end(io, calls.join());
    EXPECT_EQ(given_up->error().kind(), ErrorKind::cancelled);
    EXPECT_TRUE(send(request("GET")));
    EXPECT_EQ(peer.connections(), 2U);
}

Task<Result<HttpResponse>> send_cancelled(HttpClient& client) {
    co_await sleep_for(1h);
    co_return co_await client.send(request("POST"), 1h);
}

TEST_F(HttpClientTest, SendsNothingForOneAlreadyCancelled) {
    peer.answer("GET /thing?x=1", http_answer(200, "{}"));
    EXPECT_TRUE(send(request("GET")));  // leaves an idle connection that could be reused
    std::optional<Result<HttpResponse>> response;
    run(io, race(store_result(send_cancelled(client), response), 1ms));
    EXPECT_EQ(response->error().kind(), ErrorKind::cancelled);
    io.poll();
    EXPECT_EQ(peer.requests().size(), 1U);
}

struct HttpStreamTest : HttpClientTest {
    Result<HttpStream> open(std::vector<Answer> script) {
        peer.answers("GET /thing?x=1", std::move(script));
        return run(io, client.open(request("GET"), 30s));
    }
    /// Reads up to the end or an error, whose message becomes the last piece.
    std::vector<std::string> read_all(HttpStream& stream, Duration inactivity) {
        std::vector<std::string> pieces;
        for (;;) {
            auto piece = run(io, stream.read(inactivity));
            pieces.push_back(piece ? *piece : piece.error().message());
            if (!piece || piece->empty()) return pieces;
        }
    }
};

TEST_F(HttpStreamTest, ReturnsPiecesAsTheyArriveThenTheEnd) {
    auto stream =
        open({{test::chunked_head(418) + test::chunk("one") + test::chunk("two") + test::chunk("")}});
    EXPECT_EQ(stream->status(), 418U);
    std::string whole;
    for (const auto& piece : read_all(*stream, Duration::max())) whole += piece;
    EXPECT_EQ(whole, "onetwo");
}

TEST_F(HttpStreamTest, BringsLargeBodiesWhole) {
    std::string big;
    for (int i = 0; i < 30'000; ++i) big += std::to_string(i);
    auto stream = open({{http_answer(200, big)}});
    std::string whole;
    for (const auto& piece : read_all(*stream, 30s)) whole += piece;
    EXPECT_EQ(whole, big);
}

TEST_F(HttpStreamTest, EndsWithAnErrorWhenThePeerGoes) {
    auto stream = open({{test::chunked_head() + test::chunk("one"), Answer::Then::close}});
    EXPECT_THAT(read_all(*stream, 30s),
                testing::ElementsAre("one", "GET /thing: read: connection closed during the response"));
}

TEST_F(HttpStreamTest, TimesOutAfterInactivity) {
    auto stream = open({{test::chunked_head() + test::chunk("one")}});
    EXPECT_THAT(read_all(*stream, 20ms), testing::ElementsAre("one", "GET /thing: read: no answer in time"));
}

TEST_F(HttpStreamTest, CanBeCancelledDuringAnUnlimitedWait) {
    auto stream = open({{test::chunked_head()}});
    const auto piece = run(io, with_timeout(10ms, "given up", stream->read(Duration::max())));
    EXPECT_EQ(piece.error().kind(), ErrorKind::timeout);
}

}  // namespace
}  // namespace dockerext
