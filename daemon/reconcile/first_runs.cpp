#include "reconcile/first_runs.hpp"

#include "plan/config_hash.hpp"
#include "plan/slots.hpp"
#include "plan/verdict.hpp"

#include <algorithm>

namespace dockerext::reconcile {

using namespace model;

namespace {

bool is_wanted(const Service& service, const ObservedContainer& container) {
    return container.slot.number <= service.scale && !plan::is_successor(container) &&
           plan::matches_config_hash(service, container);
}

bool is_alone(const ObservedContainer& container, const Observed& observed) {
    return std::count_if(observed.containers.begin(), observed.containers.end(),
                         [&](const auto& other) { return other.second.slot == container.slot; }) == 1;
}

/// "" if it has not failed.
std::string failure_of_run(const ObservedContainer& container, const History& history, SteadyTime now) {
    const auto unproven = history.unproven.find(container.id);
    if (unproven == history.unproven.end()) return "";
    const UnprovenRun& run = unproven->second;
    if (!run.previous_failure.empty()) return run.previous_failure;
    if (container.health == Health::unhealthy) return "became unhealthy";
    const bool is_late = !run.healthy_since && run.deadline && now >= *run.deadline;
    return is_late ? "was not healthy in time (reconcile.rollout-deadline)" : "";
}

/// Of a container that does not run; "" if it has not failed.
std::string failure_to_run(const Service& service, const ObservedContainer& container,
                           const History& history) {
    if (plan::is_alive(container)) return "";
    const plan::Judgement judgement = plan::judge(service, container, history);
    if (judgement.verdict == plan::Verdict::failed) return judgement.reason;
    const auto ended = history.ended_run.find(container.id);
    if (ended != history.ended_run.end() && ended->second.run == container.started_at) return "";
    const auto record = history.failure_records.find(subject_of(container.slot));
    if (record == history.failure_records.end() || record->second.engine_unavailable) return "";
    const unsigned attempts = container.state == ContainerState::created ? 2 : 1;
    return record->second.failures >= attempts ? record->second.last_error : "";
}

}  // namespace

std::map<Subject, std::string> failed_first_runs(const Project& project, const Observed& observed,
                                                 const History& history, const std::set<ContainerId>& proven,
                                                 SteadyTime now) {
    std::map<Subject, std::string> failed;
    for (const auto& [id, container] : observed.containers) {
        const auto service = project.services.find(container.slot.service);
        if (service == project.services.end() || proven.contains(id) ||
            !is_wanted(service->second, container))
            continue;
        std::string failure = failure_of_run(container, history, now);
        if (failure.empty()) failure = failure_to_run(service->second, container, history);
        if (!failure.empty() && is_alone(container, observed))
            failed[subject_of(container.slot)] = std::move(failure);
    }
    return failed;
}

}  // namespace dockerext::reconcile
