#pragma once

#include "model/desired.hpp"
#include "model/observed.hpp"
#include "reconcile/ledger_state.hpp"

/// Which dependents to restart because a service that they depend on was recreated (depends_on.restart). The
/// fact of a recreation is on disk before the new container starts; the rest is derived from each snapshot.
namespace dockerext::reconcile {

void request_restarts(LedgerState& ledger, const model::Project& project, const model::Observed& observed);

}  // namespace dockerext::reconcile
