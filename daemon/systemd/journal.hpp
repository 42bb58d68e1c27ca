#pragma once

#include "base/clock.hpp"
#include "base/redactor.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace dockerext::systemd {

/// Which part of a unit's log is meant.
struct LogSpan {
    WallTime since;
    /// The run that was going on then, by systemd's invocation id: how it ended is not meant. "" for none.
    std::string not_of{};
};

/// A line about a unit.
struct LogLine {
    enum class Speaker { unit, systemd };
    std::string text;
    Speaker speaker = Speaker::unit;
    int priority = 6;  ///< as syslog(3) counts
};

/// What the unit's processes, and systemd about them, have written to the journal in that span, as
/// `failure_lines` chooses from it, redacted; "" when there is nothing, or no journal to read.
std::string recent_failure_lines(const std::string& unit, const LogSpan& span, const Redactor& redact);

/// Of log lines, oldest first, those that tell why a daemon failed: the reason, then errors and what is in no
/// log format, then what an ending daemon says in any case; only where there is none of these, the rest.
/// Without times, each line once; at most 10 lines and 2 KiB of plain text.
std::string failure_lines(const std::vector<LogLine>& lines);

}  // namespace dockerext::systemd
