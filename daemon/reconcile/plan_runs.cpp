#include "reconcile/plan_runs.hpp"

#include "base/timeout.hpp"
#include "model/registry.hpp"
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
                   RegistryTokens& tokens, report::Counters& counters, Listener listener)
    : tokens_(tokens),
      counters_(counters),
      listener_(std::move(listener)),
      executor_(client, journal, executor),
      runs_(executor) {}

void PlanRuns::start(Plan plan, PlanProjects plan_projects, Redactor redact,
                     std::vector<RegistryLogin> logins) {
    runs_.spawn(run(std::move(plan), std::move(plan_projects), std::move(redact), std::move(logins)));
}

Task<void> PlanRuns::run(Plan plan, PlanProjects plan_projects, Redactor redact,
                         std::vector<RegistryLogin> logins) {
    const auto entry = running_plans_.insert(running_plans_.end(), std::move(plan_projects));
    apply::Executor::Callbacks callbacks;
    callbacks.pull_auth = [this, &logins](const ImageRef& image) { return tokens_.pull_auth(image, logins); };
    callbacks.build_auth = [this, &logins] { return auth_for_build(logins); };
    callbacks.ended = [this, number = ++number_](const apply::Outcome& outcome) { ended(outcome, number); };
    callbacks.progress = [this](const ImageRef& image, const engine::PullProgress& progress) {
        progressed(image, progress);
    };
    co_await executor_.run(std::move(plan), number_, std::move(redact), std::move(callbacks));
    running_plans_.erase(entry);
    listener_.finished();
}

void PlanRuns::ended(const apply::Outcome& outcome, std::uint64_t number) {
    if (const auto* pull = std::get_if<PullImage>(&outcome.step.operation)) pulls_.erase(pull->image);
    listener_.ended(outcome);
    outcome_log_.ended(outcome, number);
}

/// A layer that is downloaded again counts again.
void PlanRuns::progressed(const ImageRef& image, const engine::PullProgress& progress) {
    const engine::PullProgress before = std::exchange(pulls_[image], progress);
    if (before == progress) return;
    if (progress.done_bytes > before.done_bytes)
        counters_.pulled_bytes += progress.done_bytes - before.done_bytes;
    listener_.progressed();
}

Task<std::optional<Secret>> PlanRuns::auth_for_build(std::vector<RegistryLogin> logins) {
    auto completing = tokens_.with_tokens(std::move(logins));
    const auto completed = co_await std::move(completing);
    co_return build_auth(completed);
}

Task<void> PlanRuns::drain() {
    cancel_steps();
    const Duration limit = std::max<Duration>(executor_.grace_left(), 0s) + margin;
    systemd::notify_extend_timeout(limit + margin);
    co_await race(runs_.join(), limit);
}

std::set<ProjectName> PlanRuns::projects_with_changed_role(const ProjectName& in_force,
                                                           const std::set<ProjectName>& former) const {
    std::set<ProjectName> changed;
    for (const PlanProjects& plan_projects : running_plans_) {
        if (former.contains(plan_projects.in_force)) changed.insert(plan_projects.in_force);
        if (plan_projects.former.contains(in_force)) changed.insert(in_force);
    }
    return changed;
}

}  // namespace dockerext::reconcile
