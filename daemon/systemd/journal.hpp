#pragma once

#include "base/clock.hpp"
#include "base/redactor.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace dockerext::systemd {

/// A part of a unit's log.
struct LogSpan {
    WallTime since;
    /// Leaves out the lines of the run with this invocation id of systemd: the run active at `since`. "":
    /// none.
    std::string not_of{};
};

/// A log line of a unit, or of systemd about it.
struct LogLine {
    enum class Speaker { unit, systemd };
    std::string text;
    Speaker speaker = Speaker::unit;
    int priority = 6;  ///< as in syslog(3)
};

/// The journal's lines of the unit's processes, and of systemd about them, in that span, reduced by
/// `failure_lines` and redacted; "" if there are none or the journal cannot be read.
std::string recent_failure_lines(const std::string& unit, const LogSpan& span, const Redactor& redact);

/// Chooses from log lines, oldest first, those that explain why a daemon failed: first the reason, then
/// errors and lines in no log format, then lines that a daemon always writes when it ends. The rest counts
/// only if there are none of these. Removes times and duplicates. At most 10 lines and 2 KiB of plain text.
std::string failure_lines(const std::vector<LogLine>& lines);

}  // namespace dockerext::systemd
