#include "reconcile/network_replacement.hpp"

namespace dockerext::reconcile {

using namespace model;

void note_former_networks(LedgerState& ledger, const Plan& plan) {
    for (const Step& step : plan.steps) {
        const auto* remove = std::get_if<RemoveNetwork>(&step.operation);
        if (remove == nullptr || !remove->former || !step.waits_for.empty()) continue;
        ledger.history.former_networks.insert_or_assign(remove->name, *remove->former);
    }
}

bool count_failed_replacement(LedgerState& ledger, const Step& step, const std::string& error) {
    const auto* remove = std::get_if<RemoveNetwork>(&step.operation);
    const auto* create = std::get_if<CreateNetwork>(&step.operation);
    const bool kept = remove != nullptr && remove->former;
    const bool lost = create != nullptr && !create->is_rollback &&
                      ledger.history.former_networks.contains(create->spec.name);
    if (kept || lost) {
        FailedRollout& rollout = ledger.history.failed_rollouts[step.subject];
        ++rollout.attempts;
        rollout.error = error;
    }
    return lost;
}

void network_restored(LedgerState& ledger, const Subject& network, SteadyTime now) {
    const auto failure_record = ledger.history.failure_records.find(network);
    if (failure_record == ledger.history.failure_records.end()) return;
    failure_record->second.next_attempt =
        now + ledger.backoff.after(failure_record->second.failures, ledger.jitter());
}

void forget_former_networks(LedgerState& ledger, const Desired& desired, const Observed& observed) {
    std::erase_if(ledger.history.former_networks, [&](const auto& entry) {
        const auto& [name, network] = entry;
        if (ledger.history.busy.contains(subject_of(name))) return false;
        const auto present = observed.networks.find(name);
        const bool is_there = present != observed.networks.end();
        // One without labels is known as ours by this entry alone, once its last container has left.
        const bool is_still_to_go = is_there && present->second.id == network.id && network.labels.empty();
        return (is_there && !is_still_to_go) || !desired.project.networks.contains(name);
    });
}

}  // namespace dockerext::reconcile
