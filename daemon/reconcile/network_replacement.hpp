#pragma once

#include "model/desired.hpp"
#include "model/observed.hpp"
#include "reconcile/ledger_state.hpp"

/// Which networks were removed to be replaced, and the outcome.
namespace dockerext::reconcile {

void note_former_networks(LedgerState& ledger, const model::Plan& plan);
/// True if the former network has to be restored at once.
bool count_failed_replacement(LedgerState& ledger, const model::Step& step, const std::string& error);
/// The failure still counts: the next attempt has to wait.
void network_restored(LedgerState& ledger, const model::Subject& network, model::SteadyTime now);
void forget_former_networks(LedgerState& ledger, const model::Desired& desired,
                            const model::Observed& observed);

}  // namespace dockerext::reconcile
