#include "reconcile/requested_restarts.hpp"

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

bool was_restarted_for(const LedgerState& ledger, const ContainerId& id, WallTime cause) {
    const auto restarted_for = ledger.history.restarted_for.find(id);
    return restarted_for != ledger.history.restarted_for.end() && restarted_for->second >= cause;
}

bool request_restarts_of(LedgerState& ledger, const Service& dependent, const ObservedContainer& made,
                         DependencyCondition condition, const Observed& observed) {
    bool needed = false;
    const bool ready = is_ready(made, condition);
    for (const auto& [id, container] : observed.containers) {
        if (container.slot.service != dependent.name || container.state != ContainerState::running) continue;
        if (ready &&
            (was_restarted_for(ledger, id, made.started_at) || container.started_at >= made.started_at))
            continue;
        if (ready) ledger.history.pending_restarts[id] = made.started_at;
        needed = true;
    }
    return needed;
}

/// Whether containers of the service still run as they did when somebody asked for a restart.
bool request_asked_restarts(LedgerState& ledger, const ServiceName& service, WallTime asked_at,
                            const Observed& observed) {
    bool needed = false;
    for (const auto& [id, container] : observed.containers) {
        if (container.slot.service != service || container.state != ContainerState::running) continue;
        if (container.started_at >= asked_at || was_restarted_for(ledger, id, asked_at)) continue;
        ledger.history.pending_restarts[id] = asked_at;
        needed = true;
    }
    return needed;
}

/// Whether dependents of the slot still have to be restarted, now or later.
bool request_restarts_after(LedgerState& ledger, const Subject& subject, const ContainerId& old,
                            const Project& project, const Observed& observed) {
    const auto made = std::find_if(
        observed.containers.begin(), observed.containers.end(),
        [&](const auto& each) { return each.first != old && subject_of(each.second.slot) == subject; });
    if (made == observed.containers.end()) return ledger.history.busy.contains(subject);
    bool needed = false;
    for (const auto& [name, service] : project.services) {
        const auto dependency = service.depends_on.find(made->second.slot.service);
        if (dependency == service.depends_on.end() || !dependency->second.restart) continue;
        needed = request_restarts_of(ledger, service, made->second, dependency->second.condition, observed) ||
                 needed;
    }
    return needed;
}

}  // namespace

void request_restarts(LedgerState& ledger, const Project& project, const Observed& observed) {
    ledger.followed_services.clear();
    for (const auto& [name, service] : project.services) {
        for (const auto& [other, dependency] : service.depends_on) {
            if (dependency.restart) ledger.followed_services.insert(other);
        }
    }
    std::erase_if(ledger.history.pending_restarts, [&](const auto& each) {
        const auto container = observed.containers.find(each.first);
        return container == observed.containers.end() ||
               !ledger.history.busy.contains(subject_of(container->second.slot));
    });
    // A container that is not known at the moment may have to be restarted later.
    const bool all_are_known = all_known(Subject::Kind::container, observed);
    std::erase_if(ledger.history.recreated, [&](const auto& each) {
        const bool needed = request_restarts_after(ledger, each.first, each.second, project, observed);
        return all_are_known && !needed;
    });
    std::erase_if(ledger.history.asked_restarts, [&](const auto& each) {
        const bool needed = request_asked_restarts(ledger, each.first, each.second, observed);
        return all_are_known && !needed;
    });
}

}  // namespace dockerext::reconcile
