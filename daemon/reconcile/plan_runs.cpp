#include "reconcile/plan_runs.hpp"

#include "base/timeout.hpp"
#include "model/registry.hpp"
#include "reconcile/outcome_log.hpp"
#include "systemd/notify.hpp"

#include <algorithm>
#include <utility>

namespace dockerext::reconcile {

using namespace model;
using namespace std::chrono_literals;

namespace {

/// When the daemon ends, calls under way get this long beyond the time that a container has to stop for its
/// successor. Recovery handles the rest after the next start.
constexpr Duration margin = 15s;

}  // namespace

PlanRuns::PlanRuns(const asio::any_io_executor& executor, engine::Client& client, state::Journal& journal,
                   RegistryTokens& tokens, Listener listener)
    : tokens_(tokens),
      listener_(std::move(listener)),
      executor_(client, journal, executor),
      runs_(executor) {}

void PlanRuns::start(Plan plan, Sides sides, Redactor redact, std::vector<RegistryLogin> logins) {
    runs_.spawn(run(std::move(plan), std::move(sides), std::move(redact), std::move(logins)));
}

Task<void> PlanRuns::run(Plan plan, Sides sides, Redactor redact, std::vector<RegistryLogin> logins) {
    const auto entry = sides_.insert(sides_.end(), std::move(sides));
    apply::Executor::Hooks hooks;
    hooks.pull_auth = [this, &logins](const ImageRef& image) { return auth_for_pull(image, logins); };
    hooks.build_auth = [this, &logins] { return auth_for_build(logins); };
    hooks.ended = [this, number = ++number_](const apply::Outcome& outcome) { ended(outcome, number); };
    hooks.progress = [this](const ImageRef& image, const engine::PullProgress& progress) {
        if (std::exchange(pulls_[image], progress) != progress) listener_.progressed();
    };
    co_await executor_.run(std::move(plan), number_, std::move(redact), std::move(hooks));
    sides_.erase(entry);
    listener_.finished();
}

void PlanRuns::ended(const apply::Outcome& outcome, std::uint64_t number) {
    if (const auto* pull = std::get_if<PullImage>(&outcome.step.operation)) pulls_.erase(pull->image);
    listener_.ended(outcome);
    log_outcome(outcome, number);
}

/// Resolves only the login that this image needs, so that no pull waits for another registry.
Task<std::optional<Secret>> PlanRuns::auth_for_pull(ImageRef image, std::vector<RegistryLogin> logins) {
    const RegistryLogin* login = login_for(image.value, logins);
    if (login == nullptr) co_return std::nullopt;
    auto completing = tokens_.with_tokens({*login});
    const auto completed = co_await std::move(completing);
    co_return pull_auth(image.value, completed);
}

Task<std::optional<Secret>> PlanRuns::auth_for_build(std::vector<RegistryLogin> logins) {
    auto completing = tokens_.with_tokens(std::move(logins));
    const auto completed = co_await std::move(completing);
    co_return build_auth(completed);
}

Task<void> PlanRuns::drain() {
    call_off();
    const Duration limit = std::max<Duration>(executor_.grace_left(), 0s) + margin;
    systemd::notify_stop_takes(limit + margin);
    co_await race(runs_.join(), limit);
}

std::set<ProjectName> PlanRuns::changed_sides(const ProjectName& in_force,
                                              const std::set<ProjectName>& leaving) const {
    std::set<ProjectName> changed;
    for (const Sides& sides : sides_) {
        if (leaving.contains(sides.in_force)) changed.insert(sides.in_force);
        if (sides.leaving.contains(in_force)) changed.insert(in_force);
    }
    return changed;
}

}  // namespace dockerext::reconcile
