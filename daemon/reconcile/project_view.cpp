#include "reconcile/project_view.hpp"

#include "base/chance.hpp"
#include "base/contained.hpp"
#include "reconcile/backoff.hpp"

#include <algorithm>
#include <utility>

namespace dockerext::reconcile {
namespace {

using namespace std::chrono_literals;
constexpr Backoff look_backoff{.first = 500ms, .longest = 30s};
constexpr Backoff silence_backoff{.first = 30s, .longest = 300s};
constexpr Backoff refusal_backoff{.first = 1s, .longest = 300s};

bool is_silent(const model::Observed& observed) {
    return std::any_of(observed.unknown.begin(), observed.unknown.end(),
                       [](const auto& each) { return each.second.error.kind() == ErrorKind::timeout; });
}

}  // namespace

void ProjectView::want(const model::Project& project) {
    observer_.want(project);
    outdated_ = true;
}

void ProjectView::want(const model::ProjectName& project, model::Extent extent) {
    if (extent == model::Extent::with_volumes) observer_.want_volumes_of(project);
    else observer_.want({.name = project});
    look_again_at_ = {};
    outdated_ = true;
}

void ProjectView::forget() {
    observer_.forget();
    before_.reset();
    looked_at_.reset();
    outdated_ = true;
}

void ProjectView::mark_all() {
    ask_again_at_ = {};
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
    return !looking_ && now >= look_again_at_ && (outdated_ || observer_.dirty() || asks_again(now));
}

/// Objects without an answer are left alone for a while, and longer if the engine did not answer in time:
/// each such call delays all others.
void ProjectView::plan_asking_again() {
    if (observed().unknown.empty()) {
        unanswered_ = 0;
        ask_again_at_ = {};
    } else if (steady_now() >= ask_again_at_) {
        const Backoff& backoff = is_silent(observed()) ? silence_backoff : refusal_backoff;
        ask_again_at_ = steady_now() + backoff.after(++unanswered_, chance());
    }
}

Task<Result<>> ProjectView::look() {
    if (asks_again(steady_now())) observer_.mark_unknown();
    looking_ = true;
    outdated_ = false;
    const model::WallTime begun = wall_now();
    if (!before_) before_ = observer_.observed();
    auto looking = contained(observer_.refresh());
    const auto looked = co_await std::move(looking);
    looking_ = false;
    if (!looked) {
        look_failed(looked.error());
        co_return looked.error();
    }
    before_.reset();
    looked_at_ = begun;
    failures_ = 0;
    error_.clear();
    failing_since_.reset();
    plan_asking_again();
    co_return Result<>();
}

void ProjectView::look_failed(const Error& error) {
    error_ = error.message();
    if (!failing_since_) failing_since_ = wall_now();
    look_again_at_ = steady_now() + look_backoff.after(++failures_, chance());
    outdated_ = true;
}

Snapshot ProjectView::snapshot() const {
    const bool known = looked_at_.has_value();
    return {.observed = known ? &observed() : nullptr,
            .is_current = known && !outdated_ && !looking_,
            .is_looking = looking_,
            .look_failed = !error_.empty(),
            .look_again_at = look_again_at_,
            .ask_again_at = ask_again_at_};
}

}  // namespace dockerext::reconcile
