#pragma once

#include "apply/executor.hpp"
#include "engine/events.hpp"
#include "model/observed.hpp"
#include "reconcile/ledger_state.hpp"

/// Which images this daemon brought, and since when nobody uses them. An image that the engine had already
/// belongs to others, whatever was pulled.
namespace dockerext::reconcile {

void note_arriving_images(LedgerState& ledger, const model::Plan& plan);
/// A pull, a build or a removal has ended.
void image_step_ended(LedgerState& ledger, const apply::Outcome& outcome, model::WallTime wall_now);
/// An image that somebody removed is no longer ours, also if it comes back.
void note_image_event(LedgerState& ledger, const engine::Event& event);
void track_brought_images(LedgerState& ledger, const model::Observed& observed, model::WallTime wall_now);

}  // namespace dockerext::reconcile
