#include "reconcile/ledger_state.hpp"

namespace dockerext::reconcile {

using namespace model;

void failed(LedgerState& ledger, const Subject& subject, const std::string& error, unsigned free_tries,
            const Backoff& backoff, SteadyTime now, WallTime wall_now) {
    Trouble& trouble = ledger.history.troubles[subject];
    trouble.engine_was_away = false;
    if (trouble.failures++ == 0) trouble.since = wall_now;
    trouble.last_error = error;
    const unsigned counted = trouble.failures > free_tries ? trouble.failures - free_tries : 0;
    trouble.next_attempt = now + backoff.after(counted, ledger.jitter());
    ledger.well_since.erase(subject);
    ledger.repairs.erase(subject);
}

}  // namespace dockerext::reconcile
