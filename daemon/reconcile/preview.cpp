#include "reconcile/preview.hpp"

#include "observe/observer.hpp"
#include "plan/former_project.hpp"
#include "plan/plan_text.hpp"
#include "plan/planner.hpp"

namespace dockerext::reconcile {

using namespace model;

namespace {

Task<Result<Observed>> look_at(engine::Client& client, Project project) {
    observe::Observer observer(client);
    observer.track(project);
    observer.mark_all();
    const auto refreshed = co_await observer.refresh();
    if (!refreshed) co_return refreshed.error();
    co_return observer.observed();
}

/// The plan for the project that would leave.
Task<Result<Plan>> preview_down(engine::Client& client, ProjectName project, Redactor redact) {
    auto looking = look_at(client, {.name = project});
    const auto observed = co_await std::move(looking);
    if (!observed) co_return observed.error();
    if (!observed->unknown.empty()) {
        const auto& [subject, unknown] = *observed->unknown.begin();
        co_return unknown.error.within(to_string(subject));
    }
    co_return plan::make_down_plan(project, RemovalScope::without_volumes, *observed, {}, steady_now(),
                                   redact);
}

}  // namespace

History history_after_apply(History history) {
    history.busy.clear();
    history.failure_records.clear();
    history.failed_rollouts.clear();
    history.last_update.clear();
    history.repair_counts.clear();
    history.unproven.clear();
    return history;
}

Task<Result<Plan>> preview(engine::Client& client, Desired desired, ProjectName project, History history) {
    Result<Plan> removal_plan = Plan();
    const bool empty = desired.project.services.empty() && desired.project.inactive.empty();
    if (!empty && !project.empty() && project != desired.project.name)
        removal_plan = co_await preview_down(client, project, desired.redact);
    if (!removal_plan)
        co_return Error(removal_plan.error().kind(), desired.redact(removal_plan.error().message()));
    const auto observed = co_await look_at(client, desired.project);
    if (!observed) co_return Error(observed.error().kind(), desired.redact(observed.error().message()));
    Plan new_plan =
        plan::make_plan(desired, *observed, history_after_apply(std::move(history)), steady_now());
    co_return plan::redacted(
        plan::joined_after_removals(std::move(*removal_plan), std::move(new_plan), *observed),
        desired.redact);
}

}  // namespace dockerext::reconcile
