#include "reconcile/project_view.hpp"

#include "base/catch_exceptions.hpp"
#include "base/random_fraction.hpp"
#include "reconcile/backoff.hpp"

#include <algorithm>
#include <utility>

namespace dockerext::reconcile {
namespace {

using namespace std::chrono_literals;
constexpr Backoff look_backoff{.first = 500ms, .longest = 30s};
constexpr Backoff timeout_backoff{.first = 30s, .longest = 300s};
constexpr Backoff error_backoff{.first = 1s, .longest = 300s};

bool has_timeouts(const model::Observed& observed) {
    return std::any_of(observed.unknown.begin(), observed.unknown.end(),
                       [](const auto& each) { return each.second.error.kind() == ErrorKind::timeout; });
}

}  // namespace

void ProjectView::track(const model::Project& project) {
    observer_.track(project);
    outdated_ = true;
}

void ProjectView::track(const model::ProjectName& project, model::RemovalScope scope) {
    if (scope == model::RemovalScope::with_volumes) observer_.track_volumes_of(project);
    else observer_.track({.name = project});
    look_again_at_ = {};
    outdated_ = true;
}

void ProjectView::forget() {
    observer_.forget();
    last_snapshot_.reset();
    last_look_.reset();
    outdated_ = true;
}

void ProjectView::mark_all() {
    retry_unknown_at_ = {};
    observer_.mark_all();
}

void ProjectView::retry() {
    look_again_at_ = {};
    error_.clear();
    failing_since_.reset();
    outdated_ = true;
    mark_all();
}

void ProjectView::engine_returned() {
    look_again_at_ = {};
    observer_.mark_engine();
    mark_all();
}

bool ProjectView::is_due(SteadyTime now) const {
    return !looking_ && now >= look_again_at_ &&
           (outdated_ || observer_.dirty() || should_retry_unknown(now));
}

/// Objects without an answer are left alone for a while, and longer if the engine did not answer in time:
/// each such call delays all others.
void ProjectView::schedule_unknown_retry() {
    if (observed().unknown.empty()) {
        unanswered_ = 0;
        retry_unknown_at_ = {};
    } else if (steady_now() >= retry_unknown_at_) {
        const Backoff& backoff = has_timeouts(observed()) ? timeout_backoff : error_backoff;
        retry_unknown_at_ = steady_now() + backoff.after(++unanswered_, random_fraction());
    }
}

Task<Result<>> ProjectView::look() {
    if (should_retry_unknown(steady_now())) observer_.mark_unknown();
    looking_ = true;
    outdated_ = false;
    const model::WallTime begun = wall_now();
    if (!last_snapshot_) last_snapshot_ = observer_.observed();
    auto looking = catch_exceptions(observer_.refresh());
    const auto refreshed = co_await std::move(looking);
    looking_ = false;
    if (!refreshed) {
        look_failed(refreshed.error());
        co_return refreshed.error();
    }
    last_snapshot_.reset();
    last_look_ = begun;
    failures_ = 0;
    error_.clear();
    failing_since_.reset();
    schedule_unknown_retry();
    co_return Result<>();
}

void ProjectView::look_failed(const Error& error) {
    error_ = error.message();
    if (!failing_since_) failing_since_ = wall_now();
    look_again_at_ = steady_now() + look_backoff.after(++failures_, random_fraction());
    outdated_ = true;
}

Snapshot ProjectView::snapshot() const {
    const bool known = last_look_.has_value();
    return {.observed = known ? &observed() : nullptr,
            .is_current = known && !outdated_ && !looking_,
            .is_looking = looking_,
            .look_failed = !error_.empty(),
            .look_again_at = look_again_at_,
            .retry_unknown_at = retry_unknown_at_};
}

}  // namespace dockerext::reconcile
