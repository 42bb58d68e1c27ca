#pragma once

#include "apply/host_access.hpp"
#include "base/task.hpp"
#include "engine/client.hpp"

namespace dockerext::apply {

/// Until the engine answers, in any version; `timeout` after the host's patience, with its last refusal.
Task<Result<>> wait_for_engine(engine::Client& client, HostAccess& host);

/// From now on, and without what dockerd says about its end, if it runs.
Task<systemd::LogSpan> log_from_now_on(HostAccess& host);

/// dockerd's last words in that span. The journal may still be taking in what was said a moment ago: waits a
/// tenth of the host's patience for the first of them.
Task<std::string> words_in(HostAccess& host, systemd::LogSpan span);

/// Has systemd read its units anew where they have changed, and dockerd take its files as they are now, by
/// the change's effect, and waits until it answers; the host's patience at the most, twice that for a
/// restart. A dockerd that could not reload goes on as it was and only logs that: it is an error here. At
/// most one restart.
Task<Result<>> take_effect(engine::Client& client, HostAccess& host, const model::ChangeEngine& change);

}  // namespace dockerext::apply
