#include "support/fake_engine.hpp"

#include "base/spawn.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <cstdlib>
#include <sstream>

namespace dockerext::test {
namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

std::filesystem::path fresh_directory() {
    std::string name = (std::filesystem::temp_directory_path() / "engine.XXXXXX").string();
    return ::mkdtemp(name.data());
}

std::size_t content_length(std::string_view head) {
    constexpr std::string_view field = "Content-Length: ";
    const auto found = head.find(field);
    return found == std::string_view::npos ? 0
                                           : std::stoul(std::string(head.substr(found + field.size(), 20)));
}

Task<void> write(asio::local::stream_protocol::socket& peer, const Answer& answer) {
    const std::size_t packet = answer.pace == Answer::Pace::by_bytes ? 1 : answer.bytes.size();
    for (std::size_t at = 0; at < answer.bytes.size(); at += packet) {
        const auto bytes = asio::buffer(answer.bytes.data() + at, packet);
        const auto [error, size] = co_await asio::async_write(peer, bytes, as_result);
        if (error) co_return;
    }
}

}  // namespace

std::string http_answer(unsigned status, std::string_view body) {
    return "HTTP/1.1 " + std::to_string(status) +
           " Told\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + std::string(body);
}

std::string chunked_head(unsigned status) {
    return "HTTP/1.1 " + std::to_string(status) + " Told\r\nTransfer-Encoding: chunked\r\n\r\n";
}

std::string chunk(std::string_view bytes) {
    std::ostringstream out;
    out << std::hex << bytes.size() << "\r\n" << bytes << "\r\n";
    return out.str();
}

FakeEngine::FakeEngine(asio::io_context& io)
    : path_(fresh_directory() / "docker.sock"), acceptor_(io, {path_.string()}) {
    spawn(io.get_executor(), accept());
}

FakeEngine::~FakeEngine() { std::filesystem::remove_all(path_.parent_path()); }

void FakeEngine::answer(const std::string& request_line, const std::string& response) {
    const bool delimited = response.find("Content-Length: ") != std::string::npos ||
                           response.find("chunked") != std::string::npos ||
                           response.starts_with("HTTP/1.1 204") || response.starts_with("HTTP/1.1 304");
    scripts_[request_line] =
        std::vector{Answer{response, delimited ? Answer::Then::keep : Answer::Then::close}};
}

void FakeEngine::close_idle_connections() {
    for (Peer* peer : idle_) peer->shutdown(Peer::shutdown_both);
}

const Answer* FakeEngine::next_answer(const std::string& request_line) {
    const auto found = scripts_.find(request_line);
    if (found == scripts_.end()) return nullptr;
    const auto asked = static_cast<std::size_t>(std::count(requests_.begin(), requests_.end(), request_line));
    return &found->second[std::min(asked, found->second.size()) - 1];
}

Task<void> FakeEngine::accept() {
    for (;;) {
        auto [error, peer] = co_await acceptor_.async_accept(as_result);
        if (error) co_return;
        ++connections_;
        spawn(acceptor_.get_executor(), serve(std::move(peer)));
    }
}

Task<void> FakeEngine::serve(Peer peer) {
    std::string received;
    for (bool more = true; more;) more = co_await serve_one(peer, received);
}

Task<bool> FakeEngine::serve_one(Peer& peer, std::string& received) {
    idle_.push_back(&peer);
    const auto [head_error, head_size] =
        co_await asio::async_read_until(peer, asio::dynamic_buffer(received), "\r\n\r\n", as_result);
    std::erase(idle_, &peer);
    if (head_error) co_return false;
    const std::string head = received.substr(0, head_size);
    std::size_t whole = head_size + content_length(head);
    if (head.find("\r\nTransfer-Encoding: chunked\r\n") != std::string::npos) {
        auto rest = asio::dynamic_buffer(received);
        const auto [error, size] = co_await asio::async_read_until(peer, rest, "\r\n0\r\n\r\n", as_result);
        if (error) co_return false;
        whole = size;
    } else if (received.size() < whole) {
        const auto rest = asio::transfer_exactly(whole - received.size());
        const auto [error, size] =
            co_await asio::async_read(peer, asio::dynamic_buffer(received), rest, as_result);
        if (error) co_return false;
    }
    const std::string line = head.substr(0, head.find(" HTTP/1.1"));
    requests_.push_back(line);
    request_heads_.push_back(head);
    bodies_.push_back(received.substr(head_size, whole - head_size));
    received.erase(0, whole);

    if (const Answer* found = next_answer(line)) {
        const Answer answer = *found;
        co_await write(peer, answer);
        co_return answer.then == Answer::Then::keep;
    }
    // No answer: the client must give up.
    char byte = 0;
    co_await peer.async_read_some(asio::buffer(&byte, 1), as_result);
    co_return false;
}

}  // namespace dockerext::test
