#include "reconcile/decide.hpp"

#include "plan/leaving.hpp"
#include "plan/planner.hpp"

#include <algorithm>

namespace dockerext::reconcile {

using namespace model;

namespace {

bool is_busy(const World& world, const ProjectName& project) {
    return std::any_of(world.history->busy.begin(), world.history->busy.end(),
                       [&](const Subject& subject) { return leaving_project_of(subject) == project; });
}

bool has_busy_container(const World& world, const ProjectName& project) {
    return std::any_of(world.history->busy.begin(), world.history->busy.end(), [&](const Subject& subject) {
        return subject.kind == Subject::Kind::container && leaving_project_of(subject) == project;
    });
}

/// Whether containers of the project are about to be removed, by work under way or after the next look. A
/// project that cannot be inspected delays no other.
bool is_being_removed(const World& world, const ProjectName& project, const LeavingProject& leaving) {
    if (leaving.snapshot.look_failed) return false;
    return world.draining.contains(project) || !leaving.snapshot.is_current ||
           has_busy_container(world, project);
}

/// Decides on one leaving project: its plan, or that it is gone.
void decide_leaving(const World& world, const ProjectName& project, const LeavingProject& leaving,
                    SteadyTime now, Decision& decision) {
    if (!leaving.snapshot.is_current || world.draining.contains(project)) return;
    const Observed& observed = *leaving.snapshot.observed;
    if (plan::is_gone(project, leaving.extent, observed) && !is_busy(world, project)) {
        decision.gone.insert(project);
        return;
    }
    Plan plan = plan::make_down_plan(project, leaving.extent, observed, *world.history, now, *world.redact);
    decision.leaving = joined(std::move(decision.leaving), std::move(plan));
}

void decide_services(const World& world, SteadyTime now, Decision& decision) {
    if (world.desired == nullptr) {
        decision.services.emplace();
        return;
    }
    const bool drains = world.draining.contains(world.desired->project.name);
    if (!world.snapshot.is_current || drains) return;
    decision.services = plan::make_plan(*world.desired, *world.snapshot.observed, *world.history, now);
    const bool removing = std::any_of(world.leaving.begin(), world.leaving.end(), [&](const auto& each) {
        return is_being_removed(world, each.first, each.second);
    });
    if (removing) plan::wait_for_removals(*decision.services, *world.snapshot.observed);
}

Plan to_run(const World& world, const Decision& decision) {
    const Plan services = decision.services.value_or(Plan());
    if (!plan::has_runnable(decision.leaving) && !plan::has_runnable(services)) return {};
    if (decision.leaving.steps.empty()) return services;
    static const Observed nothing;
    const Observed& observed = world.snapshot.observed != nullptr ? *world.snapshot.observed : nothing;
    return plan::joined_after_removals(decision.leaving, services, observed);
}

void add_backoffs(const Plan& plan, WakeUps& wake_ups) {
    for (const Held& held : plan.held) {
        if (held.until) wake_ups.add(*held.until, "backoff of " + to_string(held.subject) + " ends");
    }
}

/// Adds the times at which the project is inspected again without an event.
void add_looks(const Snapshot& snapshot, const std::string& project, WakeUps& wake_ups) {
    if (snapshot.is_looking) return;
    if (snapshot.look_failed)
        return wake_ups.add(snapshot.look_again_at, project + " is inspected again after a failure");
    if (snapshot.observed != nullptr && !snapshot.observed->unknown.empty())
        wake_ups.add(snapshot.ask_again_at, "unknown objects of " + project + " are inspected again");
}

WakeUps wake_ups_of(const World& world, const Decision& decision, SteadyTime now) {
    WakeUps wake_ups;
    if (world.desired != nullptr) add_looks(world.snapshot, "the project", wake_ups);
    if (world.desired != nullptr || !world.leaving.empty())
        wake_ups.add(world.next_full_check, "next full check");
    if (decision.services) add_backoffs(*decision.services, wake_ups);
    for (const auto& [project, leaving] : world.leaving) {
        if (!world.draining.contains(project)) add_looks(leaving.snapshot, "a former project", wake_ups);
    }
    add_backoffs(decision.leaving, wake_ups);
    if (world.next_action > now && !decision.to_run.steps.empty())
        wake_ups.add(world.next_action, "the rate limit allows further actions");
    return wake_ups;
}

}  // namespace

bool may_act(const World& world, WallTime wall_now) {
    const bool paused = world.paused_until && wall_now < *world.paused_until;
    return !paused && world.is_connected && world.is_engine_ready;
}

Decision decide(const World& world, SteadyTime now, WallTime wall_now) {
    Decision decision;
    if (!may_act(world, wall_now)) {
        if (world.paused_until && *world.paused_until != WallTime::max())
            decision.wake_ups.add(
                now + std::chrono::duration_cast<SteadyTime::duration>(*world.paused_until - wall_now),
                "the pause ends");
        return decision;
    }
    for (const auto& [project, leaving] : world.leaving)
        decide_leaving(world, project, leaving, now, decision);
    decide_services(world, now, decision);
    decision.to_run = to_run(world, decision);
    decision.wake_ups = wake_ups_of(world, decision, now);
    return decision;
}

}  // namespace dockerext::reconcile
