#pragma once

#include "base/secret.hpp"
#include "base/task.hpp"

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace dockerext::report {

/// A request to the control socket, with its peer identified.
struct ControlRequest {
    std::string method;
    std::string path;                          ///< "/v1/status"
    std::string accept;                        ///< the header Accept; "" if there is none
    std::map<std::string, std::string> query;  ///< decoded
    Secret body;
    uid_t user = 0;
    std::function<Task<void>()> gone = {};  ///< waits until the client disconnects (base/http_server.hpp)
};
struct ControlResponse {
    unsigned status = 200;
    std::string body = "{}";
    std::string content_type = "application/json";
};

/// HTTP + JSON, and metrics, on run/control.sock (0660). Checks the peer's credentials: root and the socket's
/// group may read, only root may write (anything but GET). A bad request gets {"error": "…"} and a 4xx.
class ControlServer {
public:
    using Handler = std::function<Task<ControlResponse>(ControlRequest)>;

    static Result<std::unique_ptr<ControlServer>> listen(const asio::any_io_executor& executor,
                                                         const std::filesystem::path& socket,
                                                         Handler handler);
    ~ControlServer();

    /// Serves until cancelled; requests run at the same time.
    Task<void> serve();

private:
    struct Impl;
    explicit ControlServer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace dockerext::report
