#include "plan/leftovers.hpp"

#include "model/labels.hpp"
#include "model/ownership.hpp"
#include "plan/networks.hpp"

#include <algorithm>

namespace dockerext::plan {

using namespace model;

namespace {

/// The step of this plan that removes the container; none if it stays.
std::optional<StepId> removal_of(const ContainerId& id, const Plan& plan) {
    for (StepId step = 0; step < plan.steps.size(); ++step) {
        const auto* remove = std::get_if<RemoveContainer>(&plan.steps[step].operation);
        if (remove != nullptr && remove->container == ContainerRef(id)) return step;
    }
    return std::nullopt;
}

/// Whether a container will still use the network after this plan. The removals of the others are added to
/// `need`.
bool is_needed(const ObservedNetwork& network, const Work& work, Need& need) {
    bool needed = false;
    for (const auto& [id, container] : work.observed.containers) {
        const auto on = container.attached.find(network.name);
        if (on == container.attached.end()) continue;
        const auto removal = removal_of(id, work.plan);
        if (removal) need.after.push_back(*removal);
        else needed = true;
    }
    return needed;
}

}  // namespace

void discard(Work& work, const ObservedContainer& container, const std::optional<ServiceName>& service,
             const std::string& reason, const Need& need) {
    if (container.state == ContainerState::removing) return;
    const Subject subject = subject_of(container.slot);
    Need gone = need;
    if (is_alive(container)) {
        gone.after = {work.add({.operation = StopContainer{container.id, grace_of(container)},
                                .subject = subject,
                                .service = service,
                                .object = container.name.value,
                                .reason = reason},
                               need)};
    }
    (void)work.add({.operation = RemoveContainer{container.id},
                    .subject = subject,
                    .service = service,
                    .object = container.name.value,
                    .reason = reason},
                   gone);
}

void plan_orphans(Work& work, const Containers& all) {
    const Project& project = work.desired.project;
    for (const ObservedContainer* container : all) {
        const ServiceName& service = container->slot.service;
        if (project.services.contains(service) || project.inactive.contains(service)) continue;
        const Subject subject = subject_of(container->slot);
        if (work.busy(subject) || work.backing_off(subject, {})) continue;
        if (!work.desired.policy.remove_orphans) {
            work.hold(
                {subject,
                 {},
                 Held::Why::policy,
                 "service " + service.value + " is not in the settings; orphans are kept, as configured"});
            continue;
        }
        discard(work, *container, {}, "service " + service.value + " is not in the settings");
    }
}

/// Replicas with the highest numbers are removed first.
void plan_surplus(Work& work, const Service& service, std::span<const ObservedContainer* const> containers) {
    for (auto surplus = containers.rbegin(); surplus != containers.rend(); ++surplus) {
        const Slot& slot = (*surplus)->slot;
        if (slot.number >= 1 && slot.number <= service.scale) continue;
        if (work.busy(subject_of(slot)) || work.backing_off(subject_of(slot), service.name)) continue;
        discard(work, **surplus, service.name,
                "more replicas than the " + std::to_string(service.scale) + " wanted");
    }
}

/// A container whose state is unknown may use any network.
void plan_unused_networks(Work& work) {
    if (!all_known(Subject::Kind::container, work.observed)) return;
    for (const auto& [name, network] : work.observed.networks) {
        const bool owned = belongs_to(work.desired.project.name, network.labels, labels::network);
        const Subject subject = subject_of(name);
        Need need;
        if (!owned || work.desired.project.networks.contains(name) || is_needed(network, work, need))
            continue;
        if (!network.foreign_containers.empty()) {
            work.hold(
                {subject, {}, Held::Why::conflict, "no service uses it; " + why_not_removed(network), {}});
            continue;
        }
        if (work.busy(subject) || work.backing_off(subject, {})) continue;
        (void)work.add({.operation = RemoveNetwork{network.id, name, {}},
                        .subject = subject,
                        .object = name.value,
                        .reason = "no service uses it"},
                       need);
    }
}

}  // namespace dockerext::plan
