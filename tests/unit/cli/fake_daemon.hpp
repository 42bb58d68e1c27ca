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

/// A control socket that gives scripted answers, on a thread of its own.
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
    Task<HttpResponse> respond(HttpRequest request);

    std::filesystem::path socket_;
    mutable std::mutex mutex_;  ///< guards what follows
    std::map<std::string, std::deque<HttpResponse>> answers_;
    std::vector<std::string> requests_;

    asio::io_context io_;
    TaskGroup group_{io_.get_executor()};
    std::unique_ptr<HttpServer> server_;
    std::thread thread_;
};

}  // namespace dockerext::test
