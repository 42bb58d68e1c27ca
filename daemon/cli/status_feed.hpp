#pragma once

#include "cli/context.hpp"
#include "model/status.hpp"

#include <optional>

namespace dockerext::cli {

/// Follows the daemon's status.
class StatusFeed {
public:
    struct Update {
        Result<HttpResponse> answer;
        std::optional<Result<model::Status>> status;  ///< if the answer is a success
    };

    /// `context` must outlive the feed.
    explicit StatusFeed(const Context& context) : context_(context) {}

    /// The first call returns at once. Later calls return when the status has changed, or after `longest`
    /// (long poll). If the daemon is not reachable or refuses long polls, each call waits `Context::poll`.
    Update next(std::chrono::seconds longest);

private:
    std::string target(std::chrono::seconds longest) const;

    const Context& context_;
    std::optional<std::uint64_t> change_;  ///< number of the latest status
    Duration pause_{0};                    ///< before the next request
};

}  // namespace dockerext::cli
