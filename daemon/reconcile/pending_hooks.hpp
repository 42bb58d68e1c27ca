#pragma once

#include "apply/executor.hpp"
#include "model/observed.hpp"
#include "reconcile/ledger_state.hpp"

/// Which post_start hooks are still pending.
namespace dockerext::reconcile {

/// A start makes the hooks that follow it in its plan pending; hooks without a start were pending already.
void note_pending_hooks(LedgerState& ledger, const model::Plan& plan);
void started(LedgerState& ledger, const apply::Outcome& outcome);
void hook_ended(LedgerState& ledger, const apply::Outcome& outcome);
/// A new run owes all hooks, even if some of them ran for an earlier one.
void track_hooks_of_run(LedgerState& ledger, const model::ObservedContainer& container);

}  // namespace dockerext::reconcile
