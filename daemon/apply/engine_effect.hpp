#pragma once

#include "apply/host_access.hpp"
#include "base/task.hpp"
#include "engine/client.hpp"

namespace dockerext::apply {

/// Waits until the engine answers, in any version; `timeout` after the host's answer timeout, with the last
/// error.
Task<Result<>> wait_for_engine(engine::Client& client, HostAccess& host);

/// A log span that starts now. If dockerd runs, it excludes what that process logs when it ends.
Task<systemd::LogSpan> log_span_from_now(HostAccess& host);

/// The last lines that dockerd logged in that span. The journal may lag behind: waits up to a tenth of the
/// host's answer timeout for the first line.
Task<std::string> failure_log_lines(HostAccess& host, systemd::LogSpan span);

/// Makes systemd reload its units if they have changed, and makes dockerd read its present files by the
/// effect of the change (reload or restart). Waits until dockerd answers: for the host's answer timeout at
/// most, twice that for a restart. A dockerd that could not reload keeps its old configuration and only logs
/// that: this is an error here. Restarts dockerd once at most.
Task<Result<>> apply_effect(engine::Client& client, HostAccess& host, const model::ChangeEngine& change);

}  // namespace dockerext::apply
