#pragma once

#include "engine/events.hpp"
#include "model/desired.hpp"
#include "model/observed.hpp"
#include "reconcile/ledger_state.hpp"

/// How runs have ended: which ends are failures, and which jobs have completed.
namespace dockerext::reconcile {

/// Only a snapshot that starts after an order to end shows which run the order was for: the run may have
/// started after the last snapshot. A start event makes all earlier events belong to an earlier run.
void event_received(LedgerState& ledger, const engine::Event& event);
/// Says only whether the container's last run has ended, and nothing of who ended it.
void past_event_received(LedgerState& ledger, const engine::Event& event);
void mark_unseen_ends_interrupted(LedgerState& ledger);
/// The run that was interrupted may be a later one than the last snapshot showed. An end that is in the
/// future was before the clock was set back; whether an event reported it is not known.
void note_interruption(LedgerState& ledger, const model::ObservedContainer& container,
                       LedgerState::ContainerEvents& events, model::WallTime wall_now);
void note_stop_request(LedgerState& ledger, const model::ObservedContainer& container,
                       LedgerState::ContainerEvents& events);
void count_failed_run(LedgerState& ledger, const model::Desired& desired,
                      const model::ObservedContainer& container, model::SteadyTime now,
                      model::WallTime wall_now);
void count_failed_successor(LedgerState& ledger, const model::Desired& desired,
                            const model::Observed& observed, const model::ObservedContainer& container,
                            model::SteadyTime now, model::WallTime wall_now);
/// Those that failed with another image than the present one, or in place of a container that is gone.
void forget_outdated_rollouts(LedgerState& ledger, const model::Project& project,
                              const model::Observed& observed);
/// Jobs whose services left the settings.
void forget_removed_jobs(LedgerState& ledger, const model::Project& project);
/// If its container is removed later, only this record says that the job must not run again.
void note_completion(LedgerState& ledger, const model::Project& project,
                     const model::ObservedContainer& container);

}  // namespace dockerext::reconcile
