#include "base/http_server.hpp"

#include "base/task_group.hpp"
#include "support/run.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

namespace dockerext {
namespace {

using namespace std::chrono_literals;
using test::run;
using testing::HasSubstr;
using Socket = asio::local::stream_protocol::socket;

struct Seen {
    std::vector<HttpRequest> requests;
    std::vector<PeerCredentials> peers;
    int cut_off = 0;
    int gone = 0;
};

/// Records the request. It answers "/hang" after an hour and "/wait" when the peer has disconnected.
Task<HttpResponse> answer(Seen& seen, HttpRequest request, Peer peer) {
    const bool hangs = request.target == "/hang";
    const bool waits = request.target == "/wait";
    seen.requests.push_back(std::move(request));
    seen.peers.push_back(peer);
    if (hangs) {
        const bool slept = co_await sleep_for(1h);
        if (!slept) ++seen.cut_off;
    }
    if (waits) {
        co_await peer.gone();
        ++seen.gone;
    }
    co_return HttpResponse{200, R"({"seen":true})"};
}

struct HttpServerTest : testing::Test {
    std::filesystem::path folder = make_folder();
    std::filesystem::path path = folder / "control.sock";
    asio::io_context io;
    Seen seen;

    ~HttpServerTest() override { std::filesystem::remove_all(folder); }

    static std::filesystem::path make_folder() {
        std::string name = (std::filesystem::temp_directory_path() / "server.XXXXXX").string();
        return ::mkdtemp(name.data());
    }
    Result<HttpServer> listen(mode_t mode = 0600, HttpServer::Limits limits = {}) {
        const auto handler = [this](HttpRequest request, Peer peer) {
            return answer(seen, std::move(request), std::move(peer));
        };
        return HttpServer::listen(io.get_executor(), path, mode, handler, limits);
    }
    mode_t mode_of_socket() const {
        struct stat found {};
        EXPECT_EQ(::stat(path.c_str(), &found), 0);
        return found.st_mode & 07777;
    }
    Socket connect() {
        Socket socket(io);
        socket.connect({path.string()});
        return socket;
    }
    /// Sends `bytes` and returns everything received until the server closes the connection.
    std::string exchange(const std::string& bytes) {
        Socket socket = connect();
        asio::write(socket, asio::buffer(bytes));
        std::string got;
        bool closed = false;
        asio::async_read(socket, asio::dynamic_buffer(got), [&](auto, auto) { closed = true; });
        (void)test::run_until(io, [&] { return closed; });
        return got;
    }
};

TEST_F(HttpServerTest, PassesRequestsToItsHandlerAndKeepsTheConnection) {
    auto server = listen();
    test::start(io, server->serve());
    HttpClient client(io.get_executor(), path);
    for (int i = 0; i < 2; ++i) {
        const auto response =
            run(io, client.send({"POST", "/v1/apply?wait=1", "{}", {{"X-Mark", "yes"}}}, 30s));
        EXPECT_EQ(response->status, 200U);
        EXPECT_EQ(response->body, R"({"seen":true})");
    }
    ASSERT_EQ(seen.requests.size(), 2U);
    EXPECT_EQ(seen.requests[1].method + " " + seen.requests[1].target, "POST /v1/apply?wait=1");
    EXPECT_EQ(seen.requests[1].body, "{}");
    EXPECT_THAT(seen.requests[1].headers, testing::Contains(testing::Pair("X-Mark", "yes")));
}

TEST_F(HttpServerTest, ReportsThePeerCredentials) {
    auto server = listen();
    test::start(io, server->serve());
    HttpClient client(io.get_executor(), path);
    EXPECT_TRUE(run(io, client.send({"GET", "/", {}, {}}, 30s)));
    EXPECT_EQ(seen.peers.at(0).pid, ::getpid());
    EXPECT_EQ(seen.peers.at(0).uid, ::geteuid());
    EXPECT_EQ(seen.peers.at(0).gid, ::getegid());
}

TEST_F(HttpServerTest, AnswersPipelinedRequests) {
    auto server = listen();
    test::start(io, server->serve());
    const std::string first = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
    const std::string last = "GET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    EXPECT_THAT(exchange(first + last), testing::ContainsRegex("200 OK.*200 OK"));
    EXPECT_EQ(seen.requests.size(), 2U);
}

TEST_F(HttpServerTest, RefusesWhatIsTooLargeOrNotHttp) {
    auto server = listen();
    test::start(io, server->serve());
    const std::pair<std::string, std::string> requests[] = {
        {"POST / HTTP/1.1\r\nContent-Length: 4194305\r\n\r\nxx", "HTTP/1.1 413 "},
        {"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n400001\r\nxx", "HTTP/1.1 413 "},
        {"GET / HTTP/1.1\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n", "HTTP/1.1 431 "},
        {"what is this\r\n\r\n", "HTTP/1.1 400 "},
        {std::string("\0\1\2\3\r\n\r\n", 8), "HTTP/1.1 400 "},
    };
    for (const auto& [bytes, begin] : requests) {
        SCOPED_TRACE(bytes.substr(0, 60));
        const std::string got = exchange(bytes);
        EXPECT_THAT(got, testing::StartsWith(begin));
        EXPECT_THAT(got, HasSubstr(R"({"error":")"));
    }
    EXPECT_TRUE(seen.requests.empty());
}

TEST_F(HttpServerTest, DeliversTheErrorToAPeerThatSendsTooMuch) {
    auto server = listen();
    test::start(io, server->serve());
    HttpClient client(io.get_executor(), path);
    const HttpRequest request{"POST", "/", std::string(8'000'000, 'x'), {}};
    auto response = run(io, client.send(request, 30s));
    // The server stops listening to a client that pauses for two seconds; a loaded machine may cause that.
    for (int more = 3; !response && more > 0; --more) response = run(io, client.send(request, 30s));
    EXPECT_EQ(response.value().status, 413U);
}

TEST_F(HttpServerTest, NotifiesAWaitingHandlerOfADisconnect) {
    auto server = listen();
    test::start(io, server->serve());
    {
        Socket socket = connect();
        asio::write(socket, asio::buffer(std::string("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n")));
        (void)test::run_until(io, [&] { return seen.requests.size() == 1; });
        io.poll();
        EXPECT_EQ(seen.gone, 0);
    }
    EXPECT_TRUE(test::run_until(io, [&] { return seen.gone == 1; }));
    EXPECT_THAT(
        exchange(
            "GET /wait HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
        testing::ContainsRegex("200 OK"))
        << "who sends more does not wait for this answer alone";
}

TEST_F(HttpServerTest, ContinuesAfterAPeerDisconnects) {
    auto server = listen();
    test::start(io, server->serve());
    for (const std::string bytes : {"", "GET / HT", "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nhalf"}) {
        Socket socket = connect();
        asio::write(socket, asio::buffer(bytes));
    }
    HttpClient client(io.get_executor(), path);
    EXPECT_TRUE(run(io, client.send({"GET", "/", {}, {}}, 30s)));
    EXPECT_EQ(seen.requests.size(), 1U);
}

TEST_F(HttpServerTest, EndsItsConnectionsAndHandlersWhenCancelled) {
    auto server = listen();
    const Socket idle = connect();
    HttpClient client(io.get_executor(), path);
    std::optional<Result<HttpResponse>> response;
    test::start(io, store_result(client.send({"GET", "/hang", {}, {}}, 1h), response));
    TaskGroup server_tasks(io.get_executor());
    server_tasks.spawn(server->serve());
    ASSERT_TRUE(test::run_until(io, [this] { return !seen.requests.empty(); }));
    server_tasks.cancel();
    io.poll();
    EXPECT_EQ(server_tasks.size(), 0U) << "at once: nothing is waited for";
    EXPECT_EQ(seen.requests.size(), 1U);
    EXPECT_EQ(seen.cut_off, 1);
    io.restart();
    io.run();  // runs until the client ends; nothing else remains
    EXPECT_EQ(response->error().kind(), ErrorKind::unavailable);
}

TEST_F(HttpServerTest, QueuesTheSixtyFifthConnection) {
    auto server = listen();
    test::start(io, server->serve());
    std::vector<Socket> sockets;
    for (int i = 0; i < 64; ++i) sockets.push_back(connect());
    HttpClient client(io.get_executor(), path);
    EXPECT_EQ(run(io, client.send({"GET", "/", {}, {}}, 50ms)).error().kind(), ErrorKind::timeout);
    sockets.pop_back();
    EXPECT_TRUE(run(io, client.send({"GET", "/", {}, {}}, 30s)));
}

TEST_F(HttpServerTest, ClosesAConnectionWithoutACompleteRequest) {
    auto server = listen(0600, {.idle = 10ms});
    test::start(io, server->serve());
    EXPECT_EQ(exchange(""), "");
    EXPECT_EQ(exchange("GET / HTTP/1.1\r\nHost: "), "");
    const std::string whole = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    EXPECT_THAT(exchange(whole), HasSubstr("200 OK"));  // then idle once more
}

TEST_F(HttpServerTest, HasExactlyTheModeAsked) {
    const mode_t before = ::umask(0077);
    const auto server = listen(0660);
    ::umask(before);
    EXPECT_EQ(mode_of_socket(), 0660U);
}

TEST_F(HttpServerTest, ReplacesAStaleSocketAndRemovesItsOwn) {
    { asio::local::stream_protocol::acceptor crashed(io, {path.string()}); }
    ASSERT_TRUE(std::filesystem::exists(path));
    { EXPECT_TRUE(listen()); }
    EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(HttpServerTest, DoesNotReplaceOtherFiles) {
    std::ofstream(path) << "precious";
    EXPECT_EQ(listen().error().message(), "listen on " + path.string() + ": Address already in use");
    EXPECT_EQ(std::filesystem::file_size(path), 8U);
}

TEST_F(HttpServerTest, ReportsWhyItCannotListen) {
    path = folder / "missing" / "control.sock";
    EXPECT_THAT(listen().error().message(), HasSubstr("No such file or directory"));
    path = folder / std::string(120, 'x');
    EXPECT_THAT(listen().error().message(), HasSubstr("File name too long"));
}

}  // namespace
}  // namespace dockerext
