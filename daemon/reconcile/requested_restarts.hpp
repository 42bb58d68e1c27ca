#pragma once

#include "model/desired.hpp"
#include "model/observed.hpp"
#include "reconcile/ledger_state.hpp"

/// Which containers to restart: dependents of a service that was recreated (depends_on.restart), and those
/// for which somebody asked. The fact of a recreation is on disk before the new container starts; the rest is
/// derived from each snapshot.
namespace dockerext::reconcile {

void request_restarts(LedgerState& ledger, const model::Project& project, const model::Observed& observed);

}  // namespace dockerext::reconcile
