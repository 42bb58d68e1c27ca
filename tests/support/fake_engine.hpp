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

/// What goes back for a request, to the byte; nothing has to be HTTP.
struct Answer {
    enum class Then { keep, close };        ///< with the connection, after the bytes
    enum class Pace { at_once, by_bytes };  ///< by_bytes: each byte in a packet of its own
    std::string bytes;
    Then then = Then::keep;
    Pace pace = Pace::at_once;
};

/// A whole answer with a JSON body, after which the connection stays open.
std::string http_answer(unsigned status, std::string_view body);
/// The head of an answer whose body comes in chunks, and one such chunk; "" is the last.
std::string chunked_head(unsigned status = 200);
std::string chunk(std::string_view bytes);

/// An Engine on a real unix socket that gives scripted answers; a request it has no
/// answer for is left hanging. Only for what a real dockerd cannot be made to do.
class FakeEngine {
public:
    explicit FakeEngine(asio::io_context& io);
    ~FakeEngine();

    const std::filesystem::path& socket() const { return path_; }
    /// What was asked, "METHOD target", in its order; and what came with it, at the same index. A body that
    /// came in chunks is as it came.
    const std::vector<std::string>& requests() const { return requests_; }
    const std::vector<std::string>& heads() const { return heads_; }
    const std::vector<std::string>& bodies() const { return bodies_; }
    std::size_t connections() const { return connections_; }

    /// Raw bytes from now on; the connection stays open if they say where the body ends.
    void answer(const std::string& request_line, const std::string& response);
    /// One after the other; the last of them from then on.
    void answers(const std::string& request_line, std::vector<Answer> script) {
        scripts_[request_line] = std::move(script);
    }
    /// Closes every connection that has no request under way, as an engine that ends.
    void hang_up();

private:
    using Peer = asio::local::stream_protocol::socket;

    Task<void> accept();
    Task<void> serve(Peer peer);
    Task<bool> serve_one(Peer& peer, std::string& received);
    const Answer* next_answer(const std::string& request_line);

    std::filesystem::path path_;
    asio::local::stream_protocol::acceptor acceptor_;
    std::map<std::string, std::vector<Answer>> scripts_;
    std::vector<std::string> requests_, heads_, bodies_;
    std::vector<Peer*> idle_;
    std::size_t connections_ = 0;
};

}  // namespace dockerext::test
