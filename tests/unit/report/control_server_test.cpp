#include "report/control_server.hpp"

#include "base/http_client.hpp"
#include "base/task_group.hpp"
#include "base/unique_fd.hpp"
#include "support/run.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <boost/asio/post.hpp>

#include <array>
#include <csignal>
#include <cstdlib>
#include <thread>

namespace dockerext::report {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr uid_t nobody = 65534;

Task<ControlResponse> echo(ControlRequest request) {
    if (request.path != "/v1/echo") co_return ControlResponse{404, R"({"error":"no such thing"})"};
    std::string query;
    for (const auto& [key, value] : request.query) query += key + "=" + value + ";";
    co_return ControlResponse{200, R"({"got":")" + request.method + " " + query + R"("})"};
}

/// Connects in a child process; ends the child on failure.
int connect_or_exit(const std::string& socket) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    socket.copy(address.sun_path, sizeof address.sun_path - 1);
    const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) ::_exit(1);
    return fd;
}

/// Sends a complete request as another user, from a child process that uses nothing of its parent but memory.
std::string request_as(uid_t uid, const std::string& socket, const std::string& request) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) throw std::runtime_error("pipe");
    const pid_t child = ::fork();
    if (child == 0) {
        if (::setgid(uid) != 0 || ::setuid(uid) != 0) ::_exit(1);
        const int fd = connect_or_exit(socket);
        if (::write(fd, request.data(), request.size()) < 0) ::_exit(1);
        std::array<char, 4096> piece{};
        for (ssize_t got = 0; (got = ::read(fd, piece.data(), piece.size())) > 0;) {
            if (::write(ends[1], piece.data(), static_cast<std::size_t>(got)) < 0) ::_exit(1);
        }
        ::_exit(0);
    }
    ::close(ends[1]);
    const UniqueFd from(ends[0]);
    std::string answer;
    std::array<char, 4096> piece{};
    for (ssize_t got = 0; (got = ::read(from.get(), piece.data(), piece.size())) > 0;) {
        answer.append(piece.data(), static_cast<std::size_t>(got));
    }
    ::waitpid(child, nullptr, 0);
    return answer;
}

/// Idle connections of a child process that runs as another user. The destructor closes them.
class IdleConnections {
public:
    IdleConnections(uid_t uid, const std::string& socket, int count) {
        std::array<int, 2> ends{};
        if (::pipe(ends.data()) != 0) throw std::runtime_error("pipe");
        child_ = ::fork();
        if (child_ == 0) {
            if (::setgid(uid) != 0 || ::setuid(uid) != 0) ::_exit(1);
            for (int i = 0; i < count; ++i) (void)connect_or_exit(socket);
            if (::write(ends[1], "x", 1) != 1) ::_exit(1);
            for (;;) ::pause();
        }
        ::close(ends[1]);
        const UniqueFd from(ends[0]);
        char ready = 0;
        if (::read(from.get(), &ready, 1) != 1) throw std::runtime_error("could not connect");
    }
    IdleConnections(IdleConnections&&) = delete;
    ~IdleConnections() {
        ::kill(child_, SIGKILL);
        ::waitpid(child_, nullptr, 0);
    }

private:
    pid_t child_ = 0;
};

struct ControlServerTest : testing::Test {
    ControlServerTest() {
        std::string name = (fs::temp_directory_path() / "control.XXXXXX").string();
        folder = ::mkdtemp(name.data());
        fs::permissions(folder, fs::perms(0755));
        server = ControlServer::listen(io.get_executor(), folder / "control.sock", echo).value();
        group.spawn(server->serve());
        thread = std::thread([this] { io.run(); });
    }
    ~ControlServerTest() override {
        asio::post(io, [this] { group.cancel(); });
        thread.join();
        server.reset();
        fs::remove_all(folder);
    }

    HttpResponse send(const std::string& method, const std::string& target, const std::string& body = "") {
        asio::io_context own;
        HttpClient client(own.get_executor(), socket());
        const HttpRequest request{method, target, body, {}};
        auto response = test::run(own, client.send(request, 30s));
        const bool is_refused = body.size() > (4U << 20);  // the rest must then arrive within two seconds
        for (int more = is_refused ? 3 : 0; !response && more > 0; --more)
            response = test::run(own, client.send(request, 30s));
        return response.value();
    }

    fs::path socket() const { return folder / "control.sock"; }

    fs::path folder;
    asio::io_context io;
    TaskGroup group{io.get_executor()};
    std::unique_ptr<ControlServer> server;
    std::thread thread;
};

TEST_F(ControlServerTest, PassesRequestsOnDecoded) {
    const HttpResponse answer = send("GET", "/v1/echo?b=x%20y&a=1");
    EXPECT_EQ(answer.status, 200U);
    EXPECT_EQ(answer.body, R"({"got":"GET a=1;b=x y;"})");
    EXPECT_EQ(send("POST", "/v1/echo", "{}").body, R"({"got":"POST "})");
}

TEST_F(ControlServerTest, RefusesBadRequestsWithAReason) {
    struct Case {
        std::string name, method, target, body;
        unsigned status;
        std::string error;
    };
    const std::vector<Case> cases{
        {"unknown path", "GET", "/v1/nothing", "", 404, "no such thing"},
        {"bad encoding", "GET", "/v1/echo?x=%zz", "", 400, "bad percent encoding"},
        {"unknown method", "DELETE", "/v1/echo", "", 405, "only GET and POST"},
        {"no JSON", "POST", "/v1/echo", "{\"a\":", 400, "the body is not JSON"},
        {"JSON nested too deeply", "POST", "/v1/echo", std::string(100'000, '['), 400,
         "the body is not JSON"},
        {"oversized", "POST", "/v1/echo", std::string((4U << 20) + 1, ' '), 413, "larger than"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        const HttpResponse answer = send(c.method, c.target, c.body);
        EXPECT_EQ(answer.status, c.status);
        EXPECT_TRUE(answer.body.starts_with("{\"error\":\"")) << answer.body;
        EXPECT_NE(answer.body.find(c.error), std::string::npos) << answer.body;
    }
}

TEST_F(ControlServerTest, RejectsUsersOutsideItsGroup) {
    struct stat found {};
    ASSERT_EQ(::stat(socket().c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 07777U, 0660U);
    if (::geteuid() != 0) GTEST_SKIP() << "needs root to become somebody else";
    EXPECT_EQ(request_as(nobody, socket(), "GET /v1/echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
              "");
}

TEST_F(ControlServerTest, LetsItsGroupReadAndOnlyRootWrite) {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root to become somebody else";
    ASSERT_EQ(::chown(socket().c_str(), 0, nobody), 0);
    const std::string end = " /v1/echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    const std::string read = request_as(nobody, socket(), "GET" + end);
    const std::string write = request_as(nobody, socket(), "POST" + end);
    EXPECT_TRUE(read.starts_with("HTTP/1.1 200")) << read;
    EXPECT_TRUE(write.starts_with("HTTP/1.1 403")) << write;
    EXPECT_NE(write.find("only root may do this; run it with sudo"), std::string::npos) << write;
    EXPECT_TRUE(request_as(0, socket(), "POST" + end).starts_with("HTTP/1.1 200"));
}

TEST_F(ControlServerTest, AUserWithManyConnectionsBlocksNobodyElse) {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root to become somebody else";
    ASSERT_EQ(::chown(socket().c_str(), 0, nobody), 0);
    const std::string request = "GET /v1/echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    const auto is_rejected = [&](std::string_view begin) {
        std::string answer;
        for (int more = 600; !answer.starts_with(begin) && more > 0; --more) {
            ::usleep(100'000);  // the server needs time to notice a disconnect or to send its refusal
            answer = request_as(nobody, socket(), request);
        }
        return answer;
    };
    {
        const IdleConnections many(nobody, socket(), 100);
        EXPECT_EQ(send("GET", "/v1/echo").status, 200U);
        EXPECT_NE(is_rejected("HTTP/1.1 503").find("too many connections"), std::string::npos);
    }
    EXPECT_NE(is_rejected("HTTP/1.1 200").find("got"), std::string::npos);
}

TEST(ControlServer, ReportsWhyItCannotListen) {
    asio::io_context io;
    const auto server = ControlServer::listen(io.get_executor(), "/nonexistent/control.sock", echo);
    ASSERT_FALSE(server);
    EXPECT_NE(server.error().message().find("/nonexistent/control.sock"), std::string::npos);
}

}  // namespace
}  // namespace dockerext::report
