#pragma once

#include "cli/context.hpp"
#include "model/status.hpp"

#include <optional>

namespace dockerext::cli {

/// The daemon's status, again whenever it is another one.
class StatusFeed {
public:
    struct Update {
        Result<HttpResponse> answer;
        std::optional<Result<model::Status>> status;  ///< when there is an answer that is no refusal
    };

    /// Outlived by `context`.
    explicit StatusFeed(const Context& context) : context_(context) {}

    /// The first look is at once. Later ones come when the status is another one, or when `longest` has
    /// passed; a daemon that cannot be reached, or lets nobody wait, is asked every `Context::poll`.
    Update next(std::chrono::seconds longest);

private:
    std::string target(std::chrono::seconds longest) const;

    const Context& context_;
    std::optional<std::uint64_t> change_;  ///< of the latest look
    Duration pause_{0};                    ///< before the next one
};

}  // namespace dockerext::cli
