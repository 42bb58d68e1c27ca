#pragma once

#include "base/http_server.hpp"
#include "base/task_group.hpp"
#include "cli/commands.hpp"

#include <boost/asio/io_context.hpp>

#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace dockerext::test {

/// A control socket that gives scripted answers, on a thread of its own. Who asks it to wait for another
/// status does wait when the script has no further one.
class FakeDaemon {
public:
    explicit FakeDaemon(std::filesystem::path socket);
    ~FakeDaemon();

    /// The answers to "GET /v1/status" and the like, one after the other; the last one stays.
    void answer(const std::string& request, std::vector<HttpResponse> responses);
    /// "POST /v1/pause {"seconds":60}", in their order.
    std::vector<std::string> requests() const;

    const std::filesystem::path& socket() const { return socket_; }

private:
    struct Script {
        std::deque<HttpResponse> answers;
        bool is_told = false;  ///< the first of them
    };
    Task<HttpResponse> respond(HttpRequest request);
    Script* script_of(const HttpRequest& request);
    bool has_news(const Script& script) const { return !script.is_told || script.answers.size() > 1; }
    HttpResponse next_of(Script& script);

    std::filesystem::path socket_;
    mutable std::mutex mutex_;  ///< guards what follows
    std::map<std::string, Script> scripts_;
    unsigned change_ = 0;
    std::vector<std::string> requests_;

    asio::io_context io_;
    TaskGroup group_{io_.get_executor()};
    std::unique_ptr<HttpServer> server_;
    std::thread thread_;
};

}  // namespace dockerext::test
