#pragma once

#include "base/log.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace dockerext::log {

/// One "NAME=value" per field, as sd_journal_sendv(3) takes them. MESSAGE is one line of harmless text, and
/// ends with ERROR, or else REASON, if it does not contain it: plain `journalctl` shows no other field.
std::vector<std::string> journal_fields(Level level, std::string_view message, Fields fields);

/// One line for a terminal: `message SERVICE=web REASON="memory changed"`. Control characters are escaped.
std::string console_line(std::string_view message, Fields fields);

}  // namespace dockerext::log
