#pragma once

#include "base/http_server.hpp"
#include "base/task_group.hpp"
#include "cli/context.hpp"

#include <boost/asio/io_context.hpp>

#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace dockerext::test {

/// A control socket with scripted answers, which runs on its own thread. A long poll for the next status
/// blocks when the script has no further answer.
class FakeDaemon {
public:
    explicit FakeDaemon(std::filesystem::path socket);
    ~FakeDaemon();

    /// Scripts the answers to a request such as "GET /v1/status", in order; the last one repeats.
    void answer(const std::string& request, std::vector<HttpResponse> responses);
    /// The requests so far, in order, such as "POST /v1/pause {"seconds":60}".
    std::vector<std::string> requests() const;

    const std::filesystem::path& socket() const { return socket_; }

private:
    struct Script {
        std::deque<HttpResponse> answers;
        bool was_given = false;  ///< whether the first answer has been given
    };
    Task<HttpResponse> respond(HttpRequest request);
    Script* script_of(const HttpRequest& request);
    bool has_next_answer(const Script& script) const {
        return !script.was_given || script.answers.size() > 1;
    }
    HttpResponse next_of(Script& script);

    std::filesystem::path socket_;
    mutable std::mutex mutex_;  ///< guards the members below, up to the event loop
    std::map<std::string, Script> scripts_;
    unsigned change_ = 0;
    std::vector<std::string> requests_;

    asio::io_context io_;
    TaskGroup group_{io_.get_executor()};
    std::unique_ptr<HttpServer> server_;
    std::thread thread_;
};

}  // namespace dockerext::test
