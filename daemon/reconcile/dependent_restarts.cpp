// The part of FailureLedger that knows which dependents to restart because a service that they depend on was
// recreated (depends_on.restart). The fact of a recreation is on disk before the new container starts; the
// rest is derived from each snapshot.
#include "reconcile/failure_ledger.hpp"

#include <algorithm>

namespace dockerext::reconcile {

using namespace model;

namespace {

/// Whether dependents can use the new container.
bool is_ready(const ObservedContainer& made, DependencyCondition condition) {
    if (condition == DependencyCondition::completed_successfully)
        return made.state == ContainerState::exited && made.exit_code == 0;
    if (made.state != ContainerState::running) return false;
    return condition == DependencyCondition::started || made.health == Health::healthy ||
           made.health == Health::none;
}

}  // namespace

void FailureLedger::want_restarts(const Project& project, const Observed& observed) {
    followed_services_.clear();
    for (const auto& [name, service] : project.services) {
        for (const auto& [other, dependency] : service.depends_on) {
            if (dependency.restart) followed_services_.insert(other);
        }
    }
    std::erase_if(history_.restart_wanted, [&](const auto& each) {
        const auto container = observed.containers.find(each.first);
        return container == observed.containers.end() ||
               !history_.busy.contains(subject_of(container->second.slot));
    });
    std::erase_if(history_.recreated, [&](const auto& each) {
        return !want_restarts_after(each.first, each.second, project, observed);
    });
}

/// Whether dependents of the slot still have to be restarted, now or later.
bool FailureLedger::want_restarts_after(const Subject& subject, const ContainerId& old,
                                        const Project& project, const Observed& observed) {
    const auto made = std::find_if(
        observed.containers.begin(), observed.containers.end(),
        [&](const auto& each) { return each.first != old && subject_of(each.second.slot) == subject; });
    if (made == observed.containers.end()) return history_.busy.contains(subject);
    bool wanted = false;
    for (const auto& [name, service] : project.services) {
        const auto dependency = service.depends_on.find(made->second.slot.service);
        if (dependency == service.depends_on.end() || !dependency->second.restart) continue;
        wanted = want_restarts_of(service, made->second, dependency->second.condition, observed) || wanted;
    }
    return wanted;
}

bool FailureLedger::want_restarts_of(const Service& dependent, const ObservedContainer& made,
                                     DependencyCondition condition, const Observed& observed) {
    bool wanted = false;
    const bool ready = is_ready(made, condition);
    for (const auto& [id, container] : observed.containers) {
        if (container.slot.service != dependent.name || container.state != ContainerState::running) continue;
        const auto followed = history_.followed.find(id);
        const bool has_followed = followed != history_.followed.end() && followed->second >= made.started_at;
        if (ready && (has_followed || container.started_at >= made.started_at)) continue;
        if (ready) history_.restart_wanted[id] = made.started_at;
        wanted = true;
    }
    return wanted;
}

}  // namespace dockerext::reconcile
