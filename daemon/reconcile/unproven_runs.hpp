#pragma once

#include "model/desired.hpp"
#include "model/observed.hpp"
#include "reconcile/ledger_state.hpp"

#include <optional>

/// Which runs are unproven.
namespace dockerext::reconcile {

/// `before` is the run that the previous snapshot showed for the container, if any.
void track_unproven_run(LedgerState& ledger, const model::Desired& desired,
                        const model::ObservedContainer& container, std::optional<model::WallTime> before,
                        model::SteadyTime now, model::WallTime wall_now);

}  // namespace dockerext::reconcile
