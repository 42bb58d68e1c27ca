#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/redactor.hpp"
#include "systemd/failure_lines.hpp"

#include <chrono>
#include <stop_token>
#include <string>
#include <vector>

namespace dockerext::systemd {

/// A part of a unit's log.
struct LogSpan {
    WallTime since;
    /// Leaves out the lines of the run with this invocation id of systemd: the run active at `since`. "":
    /// none.
    std::string excluded_invocation{};
};

/// The journal's lines of the unit's processes, and of systemd about them, in that span, reduced by
/// `failure_lines` and redacted; empty if there are none or the journal cannot be read. Lines reach the
/// journal a little later than systemd reports the end of their process.
FailureLines recent_failure_lines(const std::string& unit, const LogSpan& span, const Redactor& redact);

/// The lines of the kernel and of its audit since then that contain one of the phrases and one of the
/// subjects, the newest first, and at most 50. Reads at most the last 20,000 lines, and ends early when asked
/// to stop; `unavailable` if it found nothing until then.
Result<std::vector<std::string>> kernel_lines(const std::vector<std::string>& phrases,
                                              const std::vector<std::string>& subjects, WallTime since,
                                              const std::stop_token& stop);

}  // namespace dockerext::systemd
