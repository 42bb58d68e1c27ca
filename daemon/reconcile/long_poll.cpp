#include "reconcile/long_poll.hpp"

#include "base/timeout.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>

namespace dockerext::reconcile {
namespace {

constexpr std::uint64_t longest_wait = 60;  // seconds
/// Out of the 64 connections of the control socket.
constexpr UserQuota::Limits wait_limits{.per_user = 8, .all_users = 24, .owner_limit = 16};

/// A number in the query; none if it is absent.
Result<std::optional<std::uint64_t>> number(const report::ControlRequest& request, const std::string& key) {
    const auto found = request.query.find(key);
    if (found == request.query.end()) return std::optional<std::uint64_t>();
    const std::string& text = found->second;
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc() && end == text.data() + text.size()) return std::optional(value);
    return Error(ErrorKind::invalid_input, key + ": expected a whole number, found '" + text + "'");
}

Task<void> until_changed(Changes& changes, std::uint64_t number, Duration longest) {
    (void)co_await changes.wait_beyond(number, longest);
}

}  // namespace

LongPoll::LongPoll(Changes& changes) : changes_(changes), quota_(::geteuid(), wait_limits) {}

/// `request` outlives the call.
Task<Result<>> LongPoll::wait(const report::ControlRequest& request) {
    const auto after = number(request, "after");
    if (!after) co_return after.error();
    const auto seconds = number(request, "wait");
    if (!seconds) co_return seconds.error();
    const std::chrono::seconds longest(std::min(seconds->value_or(0), longest_wait));
    if (*after != changes_.number() || longest == longest.zero()) co_return Result<>();
    const auto permit = quota_.acquire(request.user);
    if (!permit) co_return Result<>();
    auto changed = until_changed(changes_, changes_.number(), longest);
    auto waiting = request.gone ? either(std::move(changed), request.gone()) : std::move(changed);
    co_await std::move(waiting);
    co_return Result<>();
}

}  // namespace dockerext::reconcile
