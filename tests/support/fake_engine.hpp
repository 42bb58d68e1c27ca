#pragma once

#include "base/task.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext::test {

/// The exact bytes of an answer; they need not be HTTP.
struct Answer {
    enum class Then { keep, close };        ///< what happens to the connection after the bytes
    enum class Pace { at_once, by_bytes };  ///< by_bytes: each byte in its own packet
    std::string bytes;
    Then then = Then::keep;
    Pace pace = Pace::at_once;
};

/// A complete answer with a JSON body; the connection stays open.
std::string http_answer(unsigned status, std::string_view body);
/// The head of an answer with a chunked body, and one chunk of it; the chunk "" ends the body.
std::string chunked_head(unsigned status = 200);
std::string chunk(std::string_view bytes);

/// An engine on a real unix socket that gives scripted answers. A request without a script gets no answer.
/// Use it only for what a real dockerd does not do on demand.
class FakeEngine {
public:
    explicit FakeEngine(asio::io_context& io);
    ~FakeEngine();

    const std::filesystem::path& socket() const { return path_; }
    /// The requests so far, as "METHOD target", in their order, with their heads and bodies at the same
    /// index. A chunked body is kept undecoded.
    const std::vector<std::string>& requests() const { return requests_; }
    const std::vector<std::string>& heads() const { return request_heads_; }
    const std::vector<std::string>& bodies() const { return bodies_; }
    std::size_t connections() const { return connections_; }

    /// Answers with these raw bytes from now on; the connection stays open if they say where the body ends.
    void answer(const std::string& request_line, const std::string& response);
    /// Gives the answers one after the other, then repeats the last one.
    void answers(const std::string& request_line, std::vector<Answer> script) {
        scripts_[request_line] = std::move(script);
    }
    /// Closes every idle connection, as an engine does when it ends.
    void close_idle_connections();

private:
    using Peer = asio::local::stream_protocol::socket;

    Task<void> accept();
    Task<void> serve(Peer peer);
    Task<bool> serve_one(Peer& peer, std::string& received);
    const Answer* next_answer(const std::string& request_line);

    std::filesystem::path path_;
    asio::local::stream_protocol::acceptor acceptor_;
    std::map<std::string, std::vector<Answer>> scripts_;
    std::vector<std::string> requests_, request_heads_, bodies_;
    std::vector<Peer*> idle_;
    std::size_t connections_ = 0;
};

}  // namespace dockerext::test
