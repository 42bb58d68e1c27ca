// Fuzzes the bytes that a client sends to the control socket. Each answer is HTTP with a JSON object, and the
// connection ends after the client has sent everything.
#include "base/json_document.hpp"
#include "base/spawn.hpp"
#include "promise.hpp"
#include "report/control_server.hpp"
#include "support/temporary_folder.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <boost/asio/io_context.hpp>

#include <array>
#include <charconv>
#include <cstring>

namespace dockerext {
namespace {

using namespace std::chrono_literals;

Task<report::ControlResponse> answer(report::ControlRequest request) {
    promise(request.path.starts_with('/'), "a path is absolute", request.path);
    promise(request.body.reveal().empty() ||
                JsonDocument::parse(request.body.reveal(), JsonDialect::strict, {.bytes = 4U << 20}),
            "a body is JSON", request.body.reveal());
    co_return report::ControlResponse{};
}

/// Serves for as long as the program runs.
struct Server {
    Server() {
        auto made = report::ControlServer::listen(io.get_executor(), socket, answer);
        promise(made.has_value(), "the server listens");
        server = std::move(*made);
        spawn(io.get_executor(), server->serve());
    }

    test::TemporaryFolder folder;
    std::filesystem::path socket = folder / "control.sock";
    asio::io_context io;
    std::unique_ptr<report::ControlServer> server;
};

class Peer {
public:
    explicit Peer(const std::filesystem::path& socket)
        : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0)) {
        sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
        std::strncpy(address.sun_path, socket.c_str(), sizeof address.sun_path - 1);
        promise(::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0,
                "a peer connects");
    }
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;
    ~Peer() { ::close(fd_); }

    /// Sends all of it, then shuts down its side of the connection.
    void send_and_shut_down(std::string_view bytes) {
        promise(
            bytes.empty() || ::write(fd_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()),
            "a socket takes an input");
        ::shutdown(fd_, SHUT_WR);
    }
    /// Appends the bytes received so far; returns false at the end of the stream.
    bool receive(std::string& received) {
        std::array<char, 65536> buffer{};
        const ssize_t size = ::read(fd_, buffer.data(), buffer.size());
        if (size > 0) received.append(buffer.data(), static_cast<std::size_t>(size));
        return size > 0 || (size < 0 && errno == EAGAIN);
    }

private:
    int fd_;
};

std::size_t length_in(std::string_view head) {
    constexpr std::string_view field = "Content-Length: ";
    const std::size_t at = head.find(field);
    promise(at != std::string_view::npos, "an answer has a length", head);
    std::size_t length = 0;
    std::from_chars(head.data() + at + field.size(), head.data() + head.size(), length);
    return length;
}

void check_answers(std::string_view received) {
    while (!received.empty()) {
        promise(received.starts_with("HTTP/1.1 "), "an answer is HTTP", received);
        const std::size_t end = received.find("\r\n\r\n");
        promise(end != std::string_view::npos, "an answer has a head", received);
        const std::size_t length = length_in(received.substr(0, end));
        const std::string_view body = received.substr(end + 4, length);
        const auto json = JsonDocument::parse(body);
        promise(body.size() == length && json && json->root().is(JsonType::object),
                "an answer is a JSON object", received);
        received.remove_prefix(end + 4 + length);
    }
}

std::string answers_to(std::string_view bytes, Server& server) {
    Peer peer(server.socket);
    peer.send_and_shut_down(bytes);
    std::string received;
    const auto end = std::chrono::steady_clock::now() + 20s;
    while (peer.receive(received)) {
        promise(std::chrono::steady_clock::now() < end, "a connection ends", received);
        server.io.run_one_for(1s);
    }
    return received;
}

void try_bytes(std::string_view bytes) {
    static Server server;
    const std::string received = answers_to(bytes, server);
    server.io.poll();  // the server releases the closed connection's seat before it is destroyed
    check_answers(received);
}

}  // namespace
}  // namespace dockerext

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    dockerext::try_bytes({reinterpret_cast<const char*>(bytes), size});
    return 0;
}
