#include "reconcile/stack_changes.hpp"

#include "plan/stack_planner.hpp"

#include <chrono>
#include <variant>

namespace dockerext::reconcile {
namespace {

constexpr std::chrono::seconds settling{5};  ///< until SwarmKit has told that it updates a service

}  // namespace

void StackChanges::changed(const model::Step& step, const std::map<std::string, std::string>& logins,
                           SteadyTime now) {
    const auto* const update = std::get_if<model::UpdateStackService>(&step.operation);
    const auto* const create = std::get_if<model::CreateStackService>(&step.operation);
    if (update == nullptr && create == nullptr) return;
    Change& change = unsaved_[step.object];
    change.attempt = plan::attempt_of(update != nullptr ? update->spec : create->spec);
    if (const auto login = logins.find(step.object); login != logins.end()) change.login = login->second;
    changed_at_[step.object] = now;
}

std::set<std::string> StackChanges::just_changed(SteadyTime now) const {
    std::set<std::string> services;
    for (const auto& [service, at] : changed_at_) {
        if (now < at + settling) services.insert(service);
    }
    return services;
}

void StackChanges::add_to(model::SwarmRecord& record) const {
    for (const auto& [service, change] : unsaved_) {
        record.attempts[service] = change.attempt;
        if (change.login) record.logins[service] = *change.login;
    }
}

}  // namespace dockerext::reconcile
