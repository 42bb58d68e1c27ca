#pragma once

#include <string>
#include <vector>

namespace dockerext::systemd {

/// A log line of a unit, or of systemd about it.
struct LogLine {
    enum class Source { unit, systemd };
    std::string text;
    Source source = Source::unit;
    int priority = 6;  ///< as in syslog(3)
};

struct FailureLines {
    std::string text;        ///< at most 10 lines and 2 KiB of plain text
    bool has_cause = false;  ///< it has the reason or an error
};

/// Chooses from log lines, oldest first, those that explain why a daemon failed: first the reason, then
/// errors and lines in no log format, then lines that a daemon always writes when it ends. The rest counts
/// only if there are none of these. Removes times and duplicates.
FailureLines failure_lines(const std::vector<LogLine>& lines);

}  // namespace dockerext::systemd
