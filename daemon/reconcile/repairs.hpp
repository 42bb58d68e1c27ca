#pragma once

#include "reconcile/ledger_state.hpp"

#include <map>

/// What was repaired, and whether the repair has lasted.
namespace dockerext::reconcile {

/// What a plan is about to repair, by subject. A removal is a repair only if the subject has no other step:
/// in a hand-over, the removal and the rename are only the end of it.
std::map<model::Subject, Fields> repairs_in(const model::Plan& plan);
/// Records the recreations under way, until the new container has started.
void note_recreations(LedgerState& ledger, const model::Plan& plan);
void repaired(LedgerState& ledger, const model::Subject& subject, const LedgerState::Repair& done,
              model::SteadyTime now);
/// Takes in a plan made from the last snapshot; as FailureLedger::judge.
[[nodiscard]] bool check_repairs(LedgerState& ledger, const model::Plan& plan, model::SteadyTime now,
                                 model::WallTime wall_now);

}  // namespace dockerext::reconcile
