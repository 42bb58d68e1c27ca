#include "reconcile/pending_hooks.hpp"

namespace dockerext::reconcile {

using namespace model;

namespace {

bool is_post_start(const Step& step) {
    const auto* run = std::get_if<RunHook>(&step.operation);
    return run != nullptr && run->when == RunHook::When::post_start;
}

bool is_start(const Step& step) {
    return std::holds_alternative<StartContainer>(step.operation) ||
           std::holds_alternative<RestartContainer>(step.operation);
}

}  // namespace

void note_pending_hooks(LedgerState& ledger, const Plan& plan) {
    std::map<Subject, unsigned> counts;
    for (const Step& step : plan.steps) {
        if (!step.waits_for.empty()) continue;
        if (is_start(step)) ledger.history.pending_hooks.erase(step.subject);
        if (is_post_start(step)) ++counts[step.subject];
    }
    for (const auto& [subject, count] : counts) ledger.history.pending_hooks[subject].count = count;
}

void started(LedgerState& ledger, const apply::Outcome& outcome) {
    if (outcome.container) ledger.begun.insert(*outcome.container);
    const auto pending = ledger.history.pending_hooks.find(outcome.step.subject);
    if (pending != ledger.history.pending_hooks.end() && outcome.container)
        pending->second.container = *outcome.container;
}

void hook_ended(LedgerState& ledger, const apply::Outcome& outcome) {
    const auto found = ledger.history.pending_hooks.find(outcome.step.subject);
    if (!is_post_start(outcome.step) || found == ledger.history.pending_hooks.end()) return;
    if (ledger.outdated.contains(outcome.step.subject)) return;
    PendingHooks& pending = found->second;
    if (outcome.container) pending.container = *outcome.container;
    pending.failure.clear();
    if (!outcome.error) {
        if (--pending.count == 0) ledger.history.pending_hooks.erase(found);
    } else if (outcome.error->kind() != ErrorKind::cancelled) {
        pending.failure = outcome.step.reason + ": " + outcome.error->message();
    }
}

void track_hooks_of_run(LedgerState& ledger, const ObservedContainer& container) {
    const auto found = ledger.history.pending_hooks.find(subject_of(container.slot));
    if (found == ledger.history.pending_hooks.end() || found->second.container != container.id) return;
    PendingHooks& pending = found->second;
    if (pending.run == container.started_at) return;
    if (pending.run != WallTime{}) pending.count = PendingHooks::all;
    pending.run = container.started_at;
}

}  // namespace dockerext::reconcile
