#include "cli/status_feed.hpp"

#include "cli/answers.hpp"

#include <thread>

namespace dockerext::cli {
namespace {

/// Least pause between two requests, so that watching a busy machine does not slow it down.
constexpr Duration min_pause = std::chrono::milliseconds(20);

}  // namespace

std::string StatusFeed::target(std::chrono::seconds longest) const {
    if (!change_) return "/v1/status";
    return "/v1/status?after=" + std::to_string(*change_) + "&wait=" + std::to_string(longest.count());
}

StatusFeed::Update StatusFeed::next(std::chrono::seconds longest) {
    std::this_thread::sleep_for(pause_);
    const auto began = steady_now();
    Update update{context_.daemon.get(target(longest), longest + DaemonClient::quick), {}};
    if (is_success(update.answer)) update.status = parse_status(update.answer->body);
    const bool is_read = update.status && *update.status;
    const auto change = is_read ? std::optional((*update.status)->change) : std::nullopt;
    const bool has_waited = change && (change != change_ || steady_now() - began >= context_.poll);
    pause_ = has_waited ? min_pause : context_.poll;
    change_ = change;
    return update;
}

}  // namespace dockerext::cli
