#include "reconcile/ledger_state.hpp"

namespace dockerext::reconcile {

using namespace model;

void failed(LedgerState& ledger, const Subject& subject, const std::string& error, unsigned immediate_retries,
            const Backoff& backoff, SteadyTime now, WallTime wall_now) {
    FailureRecord& failure_record = ledger.history.failure_records[subject];
    failure_record.engine_unavailable = false;
    if (failure_record.failures++ == 0) failure_record.since = wall_now;
    failure_record.last_error = error;
    const unsigned counted =
        failure_record.failures > immediate_retries ? failure_record.failures - immediate_retries : 0;
    failure_record.next_attempt = now + backoff.after(counted, ledger.jitter());
    ledger.well_since.erase(subject);
    ledger.repairs.erase(subject);
}

}  // namespace dockerext::reconcile
