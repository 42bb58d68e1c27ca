#pragma once

#include "base/user_quota.hpp"
#include "reconcile/changes.hpp"
#include "report/control_server.hpp"

namespace dockerext::reconcile {

/// `GET /v1/status?after=N&wait=SECONDS`: delays the answer until the status has changed since change N, for
/// a minute at most. The wait ends when the client disconnects. A client that has many such requests open
/// gets its answer at once, so that connections remain for other requests.
class LongPoll {
public:
    explicit LongPoll(Changes& changes);

    /// Waits until it is time to answer. `invalid_input` if the query is malformed.
    Task<Result<>> wait(const report::ControlRequest& request);

private:
    Changes& changes_;
    UserQuota quota_;
};

}  // namespace dockerext::reconcile
