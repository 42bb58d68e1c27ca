#pragma once

#include "base/seats.hpp"
#include "reconcile/changes.hpp"
#include "report/control_server.hpp"

namespace dockerext::reconcile {

/// `GET /v1/status?after=N&wait=SECONDS`: the answer waits until the status is another one than that of
/// change N, a minute at most. Not longer than somebody waits for it, and not at all for one who has many
/// such requests open already: connections are left for other requests.
class LongPoll {
public:
    explicit LongPoll(Changes& changes);

    /// Until it is time to answer. `invalid_input` for a query that is none.
    Task<Result<>> wait(const report::ControlRequest& request);

private:
    Changes& changes_;
    Seats seats_;
};

}  // namespace dockerext::reconcile
