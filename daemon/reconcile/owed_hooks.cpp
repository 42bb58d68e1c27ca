// The part of FailureLedger that knows which post_start hooks are still owed.
#include "reconcile/failure_ledger.hpp"

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

/// A start owes the hooks that follow it in its plan; hooks without a start were owed already.
void FailureLedger::owe_hooks(const Plan& plan) {
    std::map<Subject, unsigned> counts;
    for (const Step& step : plan.steps) {
        if (!step.waits_for.empty()) continue;
        if (is_start(step)) history_.owed_hooks.erase(step.subject);
        if (is_post_start(step)) ++counts[step.subject];
    }
    for (const auto& [subject, count] : counts) history_.owed_hooks[subject].count = count;
}

void FailureLedger::started(const apply::Outcome& outcome) {
    if (outcome.container) begun_.insert(*outcome.container);
    const auto owed = history_.owed_hooks.find(outcome.step.subject);
    if (owed != history_.owed_hooks.end() && outcome.container) owed->second.container = *outcome.container;
}

void FailureLedger::hook_ended(const apply::Outcome& outcome) {
    const auto found = history_.owed_hooks.find(outcome.step.subject);
    if (!is_post_start(outcome.step) || found == history_.owed_hooks.end()) return;
    if (outdated_.contains(outcome.step.subject)) return;
    OwedHooks& owed = found->second;
    if (outcome.container) owed.container = *outcome.container;
    owed.failure.clear();
    if (!outcome.error) {
        if (--owed.count == 0) history_.owed_hooks.erase(found);
    } else if (outcome.error->kind() != ErrorKind::cancelled) {
        owed.failure = outcome.step.reason + ": " + outcome.error->message();
    }
}

/// A new run owes all hooks, even if some of them ran for an earlier one.
void FailureLedger::follow_run(const ObservedContainer& container) {
    const auto found = history_.owed_hooks.find(subject_of(container.slot));
    if (found == history_.owed_hooks.end() || found->second.container != container.id) return;
    OwedHooks& owed = found->second;
    if (owed.run == container.started_at) return;
    if (owed.run != WallTime{}) owed.count = OwedHooks::all;
    owed.run = container.started_at;
}

}  // namespace dockerext::reconcile
