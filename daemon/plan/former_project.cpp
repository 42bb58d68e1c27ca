#include "plan/former_project.hpp"

#include "model/labels.hpp"
#include "model/ownership.hpp"
#include "plan/leftovers.hpp"

#include <algorithm>

namespace dockerext::plan {

using namespace model;

namespace {

/// The history of the former project's subjects, under their names within the project.
History history_of(const ProjectName& project, const History& all) {
    History own;
    const auto own_name = [&](const Subject& subject) {
        return Subject{subject.kind, subject.name.substr(project.value.size() + 1)};
    };
    for (const auto& [subject, failure_record] : all.failure_records) {
        if (former_project_of(subject) == project) own.failure_records[own_name(subject)] = failure_record;
    }
    for (const Subject& subject : all.busy) {
        if (former_project_of(subject) == project) own.busy.insert(own_name(subject));
    }
    return own;
}

template <typename Removal>
std::vector<StepId> steps_with(const Plan& plan) {
    std::vector<StepId> removals;
    for (StepId step = 0; step < plan.steps.size(); ++step) {
        if (std::holds_alternative<Removal>(plan.steps[step].operation)) removals.push_back(step);
    }
    return removals;
}

bool belongs(const ObservedVolume& volume, const ProjectName& project) {
    return belongs_to(project, volume.labels, labels::volume);
}

bool all_containers_known(const Observed& observed) {
    return std::none_of(observed.unknown.begin(), observed.unknown.end(),
                        [](const auto& each) { return each.first.kind == Subject::Kind::container; });
}

void plan_volumes(Work& work) {
    const Need need{.after = steps_with<RemoveContainer>(work.plan)};
    if (need.after.size() < work.observed.containers.size() || !all_containers_known(work.observed)) return;
    for (const auto& [name, volume] : work.observed.volumes) {
        const Subject subject = subject_of(name);
        if (!belongs(volume, work.desired.project.name)) continue;
        if (work.busy(subject) || work.backing_off(subject, {})) continue;
        (void)work.add({.operation = RemoveVolume{name},
                        .subject = subject,
                        .object = name.value,
                        .reason = "the project is taken down with its volumes"},
                       need);
    }
}

/// Whether the step creates or starts a container that has never run.
bool brings_new_container(const Step& step, const Observed& observed) {
    if (const auto* create = std::get_if<CreateContainer>(&step.operation))
        return !create->spec.labels.contains(std::string(labels::replace));
    const auto* start = std::get_if<StartContainer>(&step.operation);
    const auto* id = start != nullptr ? std::get_if<ContainerId>(&start->container) : nullptr;
    const auto found = id != nullptr ? observed.containers.find(*id) : observed.containers.end();
    return found != observed.containers.end() && found->second.started_at == WallTime{} &&
           !found->second.spec.labels.contains(std::string(labels::replace));
}

}  // namespace

Plan make_down_plan(const ProjectName& project, RemovalScope scope, const Observed& observed,
                    const History& history, SteadyTime now, const Redactor& redact) {
    Desired nothing_desired;
    nothing_desired.redact = redact;
    nothing_desired.project.name = project;
    const History own = history_of(project, history);
    Work work{nothing_desired, observed, own, now};
    for (const ObservedContainer* container : by_slot(observed)) {
        const Subject subject = subject_of(container->slot);
        if (work.busy(subject) || work.backing_off(subject, {})) continue;
        discard(work, *container, {}, "the project is taken down");
    }
    plan_unused_networks(work);
    if (scope == RemovalScope::with_volumes) plan_volumes(work);
    for (Step& step : work.plan.steps) step.subject = former_project_subject(project, step.subject);
    for (Held& held : work.plan.held) held.subject = former_project_subject(project, held.subject);
    return std::move(work.plan);
}

bool is_gone(const ProjectName& project, RemovalScope scope, const Observed& observed) {
    const auto is_of_project = [&](const auto& network) {
        return belongs_to(project, network.second.labels, labels::network);
    };
    const auto is_to_be_removed = [&](const auto& volume) { return belongs(volume.second, project); };
    return observed.containers.empty() && observed.unknown.empty() &&
           std::none_of(observed.networks.begin(), observed.networks.end(), is_of_project) &&
           (scope == RemovalScope::without_volumes ||
            std::none_of(observed.volumes.begin(), observed.volumes.end(), is_to_be_removed));
}

void wait_for_removals(Plan& project_plan, const Observed& observed) {
    for (Step& step : project_plan.steps) {
        if (step.waits_for.empty() && brings_new_container(step, observed))
            step.waits_for = "the containers of the former project to be removed";
        for (const StepId before : step.after) {
            if (step.waits_for.empty()) step.waits_for = project_plan.steps[before].waits_for;
        }
    }
}

Plan joined_after_removals(Plan removal_plan, Plan project_plan, const Observed& observed) {
    const std::vector<StepId> containers = steps_with<RemoveContainer>(removal_plan);
    const std::vector<StepId> networks = steps_with<RemoveNetwork>(removal_plan);
    const StepId offset = removal_plan.steps.size();
    std::vector<bool> is_new, is_network;
    for (const Step& step : project_plan.steps) {
        is_new.push_back(brings_new_container(step, observed));
        is_network.push_back(std::holds_alternative<CreateNetwork>(step.operation));
    }
    Plan all = combined(std::move(removal_plan), std::move(project_plan));
    for (StepId id = 0; id < is_new.size(); ++id) {
        std::vector<StepId>& after = all.steps[offset + id].after;
        if (is_new[id]) after.insert(after.begin(), containers.begin(), containers.end());
        if (is_network[id]) after.insert(after.begin(), networks.begin(), networks.end());
    }
    return all;
}

}  // namespace dockerext::plan
