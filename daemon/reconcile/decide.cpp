#include "reconcile/decide.hpp"

#include "plan/former_project.hpp"
#include "plan/image_collection.hpp"
#include "plan/planner.hpp"
#include "plan/slots.hpp"

#include <algorithm>

namespace dockerext::reconcile {

using namespace model;

namespace {

bool is_busy(const World& world, const ProjectName& project) {
    return std::any_of(world.history->busy.begin(), world.history->busy.end(),
                       [&](const Subject& subject) { return former_project_of(subject) == project; });
}

bool has_busy_container(const World& world, const ProjectName& project) {
    return std::any_of(world.history->busy.begin(), world.history->busy.end(), [&](const Subject& subject) {
        return subject.kind == Subject::Kind::container && former_project_of(subject) == project;
    });
}

/// Whether containers of the project are about to be removed, by work under way or after the next look. A
/// project that cannot be inspected delays no other.
bool is_being_removed(const World& world, const ProjectName& project, const FormerProject& former) {
    if (former.snapshot.look_failed) return false;
    return world.draining.contains(project) || !former.snapshot.is_current ||
           has_busy_container(world, project);
}

/// Decides on one former project: its plan, or that it is gone.
void decide_former_project(const World& world, const ProjectName& project, const FormerProject& former,
                           SteadyTime now, Decision& decision) {
    if (!former.snapshot.is_current || world.draining.contains(project)) return;
    const Observed& observed = *former.snapshot.observed;
    if (plan::is_gone(project, former.scope, observed) && !is_busy(world, project)) {
        decision.gone.insert(project);
        return;
    }
    Plan plan = plan::make_down_plan(project, former.scope, observed, *world.history, now, *world.redact);
    decision.former = combined(std::move(decision.former), std::move(plan));
}

void decide_services(const World& world, SteadyTime now, Decision& decision) {
    if (world.desired == nullptr) {
        decision.services.emplace();
        return;
    }
    const bool is_draining = world.draining.contains(world.desired->project.name);
    if (!world.snapshot.is_current || is_draining) return;
    decision.services = plan::make_plan(*world.desired, *world.snapshot.observed, *world.history, now);
    const bool removing = std::any_of(world.former.begin(), world.former.end(), [&](const auto& each) {
        return is_being_removed(world, each.first, each.second);
    });
    if (removing) plan::wait_for_removals(*decision.services, *world.snapshot.observed);
}

/// Whether nothing of the projects can be done now, and no run is about to have held. What waits for a
/// condition, or cannot stay up, may do so because the disk is full.
bool is_at_rest(const World& world, const Decision& decision) {
    const auto is_going_on = [](const Held& held) { return held.why == Held::Why::unproven && held.until; };
    return world.former.empty() && world.draining.empty() && decision.services &&
           !plan::has_runnable(*decision.services) &&
           std::none_of(decision.services->held.begin(), decision.services->held.end(), is_going_on);
}

void decide_images(const World& world, SteadyTime now, WallTime wall_now, Decision& decision) {
    if (world.desired == nullptr || world.snapshot.observed == nullptr || !is_at_rest(world, decision))
        return;
    auto collection = plan::collect_images(world.desired->policy.images, *world.snapshot.observed,
                                           *world.history, now, wall_now, *world.redact);
    decision.images = std::move(collection.plan);
    if (!collection.next) return;
    const auto wait = std::max(*collection.next - wall_now, WallTime::duration::zero());
    decision.wake_ups.add(now + std::chrono::duration_cast<SteadyTime::duration>(wait),
                          "an image has been unused for long enough");
}

Plan to_run(const World& world, const Decision& decision) {
    if (!decision.images.steps.empty()) return decision.images;
    Plan services = decision.services.value_or(Plan());
    if (!plan::has_runnable(decision.former) && !plan::has_runnable(services)) return {};
    if (decision.former.steps.empty()) return services;
    static const Observed nothing;
    const Observed& observed = world.snapshot.observed != nullptr ? *world.snapshot.observed : nothing;
    return plan::joined_after_removals(decision.former, services, observed);
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
        wake_ups.add(snapshot.retry_unknown_at, "unknown objects of " + project + " are inspected again");
}

void add_wake_ups(const World& world, const Decision& decision, SteadyTime now, WakeUps& wake_ups) {
    if (world.desired != nullptr) add_looks(world.snapshot, "the project", wake_ups);
    if (world.desired != nullptr || !world.former.empty())
        wake_ups.add(world.next_full_check, "next full check");
    if (decision.services) add_backoffs(*decision.services, wake_ups);
    for (const auto& [project, former] : world.former) {
        if (!world.draining.contains(project)) add_looks(former.snapshot, "a former project", wake_ups);
    }
    add_backoffs(decision.former, wake_ups);
    if (world.next_action > now && !decision.to_run.steps.empty())
        wake_ups.add(world.next_action, "the rate limit allows further actions");
}

}  // namespace

bool can_look(const World& world) { return world.is_connected && world.is_engine_ready; }

bool is_paused(const World& world, WallTime wall_now) {
    return world.paused_until && wall_now < *world.paused_until;
}

Plan starts_of_hand_overs(const Plan& plan, const Observed& observed) {
    Plan starts;
    for (const Step& step : plan.steps) {
        const auto* start = std::get_if<StartContainer>(&step.operation);
        const auto* id = start == nullptr ? nullptr : std::get_if<ContainerId>(&start->container);
        if (id == nullptr || !step.waits_for.empty() || !step.after.empty()) continue;
        std::size_t containers = 0;
        bool is_any_alive = false;
        for (const auto& [each, container] : observed.containers) {
            if (subject_of(container.slot) != step.subject) continue;
            ++containers;
            is_any_alive = is_any_alive || plan::is_alive(container);
        }
        if (containers > 1 && !is_any_alive) starts.steps.push_back(step);
    }
    return starts;
}

Decision decide(const World& world, SteadyTime now, WallTime wall_now) {
    Decision decision;
    const bool paused = is_paused(world, wall_now);
    if (paused && *world.paused_until != WallTime::max())
        decision.wake_ups.add(
            now + std::chrono::duration_cast<SteadyTime::duration>(*world.paused_until - wall_now),
            "the pause ends");
    if (!can_look(world)) return decision;
    for (const auto& [project, former] : world.former)
        decide_former_project(world, project, former, now, decision);
    decide_services(world, now, decision);
    decide_images(world, now, wall_now, decision);
    if (!paused) decision.to_run = to_run(world, decision);
    add_wake_ups(world, decision, now, decision.wake_ups);
    return decision;
}

}  // namespace dockerext::reconcile
