#pragma once

#include "base/enum_names.hpp"

#include <initializer_list>
#include <string_view>

namespace dockerext::log {

/// A journal field, under its own name: SERVICE, CONTAINER, CONTAINER_ID, STEP, REASON, ERROR, CYCLE. A field
/// named MESSAGE_ID (base/message_id.hpp) makes the message one that the catalog explains.
struct Field {
    std::string_view name;
    std::string_view value;
};
using Fields = std::initializer_list<Field>;

enum class Level { debug, info, warning, error };

constexpr auto names_of(Level) {
    using enum Level;
    return enum_names<Level>({{debug, "debug"}, {info, "info"}, {warning, "warning"}, {error, "error"}});
}

/// Drops messages below `level`. Before the first call the level is that in DOCKEREXTD_LOG ("debug", "info",
/// "warning", "error"), else info.
void set_level(Level level);

// The message alone tells what happened, to what and why. In the journal, ERROR, or else REASON, is appended
// to it; programs read the fields. Goes to the journal if systemd has connected stderr to it, else to stderr.
// Threshold, sinks and the line on stderr are spdlog's; the fields, which its messages cannot hold, pass
// beside it to our sink for the journal.
void debug(std::string_view message, Fields fields = {});
void info(std::string_view message, Fields fields = {});
void warning(std::string_view message, Fields fields = {});
void error(std::string_view message, Fields fields = {});

}  // namespace dockerext::log
