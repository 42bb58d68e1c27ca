// The part of FailureLedger that knows which networks were removed to be replaced, and the outcome.
#include "reconcile/failure_ledger.hpp"

namespace dockerext::reconcile {

using namespace model;

void FailureLedger::note_former_networks(const Plan& plan) {
    for (const Step& step : plan.steps) {
        const auto* remove = std::get_if<RemoveNetwork>(&step.operation);
        if (remove == nullptr || !remove->former || !step.waits_for.empty()) continue;
        history_.former_networks.insert_or_assign(remove->name, *remove->former);
    }
}

/// True if the former network has to be restored at once.
bool FailureLedger::count_failed_replacement(const Step& step) {
    const auto* remove = std::get_if<RemoveNetwork>(&step.operation);
    const auto* create = std::get_if<CreateNetwork>(&step.operation);
    const bool kept = remove != nullptr && remove->former;
    const bool lost =
        create != nullptr && !create->puts_back && history_.former_networks.contains(create->spec.name);
    if (kept || lost) ++history_.failed_rollouts[step.subject];
    return lost;
}

/// The failure still counts: the next attempt has to wait.
void FailureLedger::put_back(const Subject& network, SteadyTime now) {
    const auto trouble = history_.troubles.find(network);
    if (trouble == history_.troubles.end()) return;
    trouble->second.next_attempt = now + backoff_.after(trouble->second.failures, jitter_());
}

void FailureLedger::forget_former_networks(const Desired& desired, const Observed& observed) {
    std::erase_if(history_.former_networks, [&](const auto& entry) {
        const auto& [name, network] = entry;
        if (history_.busy.contains(subject_of(name))) return false;
        return observed.networks.contains(name) || !desired.project.networks.contains(name);
    });
}

}  // namespace dockerext::reconcile
