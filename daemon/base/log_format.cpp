#include "base/log_format.hpp"

#include "base/utf8.hpp"

#include <syslog.h>

#include <array>
#include <cstdio>

namespace dockerext::log {
namespace {

int priority(Level level) {
    switch (level) {
    case Level::debug: return LOG_DEBUG;
    case Level::info: return LOG_INFO;
    case Level::warning: return LOG_WARNING;
    case Level::error: return LOG_ERR;
    }
    return LOG_NOTICE;
}

void append_escaped(std::string& out, std::string_view bytes) {
    for (const char c : bytes) {
        if (c == '\n') {
            out += "\\n";
            continue;
        }
        std::array<char, 5> escape{};
        (void)std::snprintf(escape.data(), escape.size(), "\\x%02x", static_cast<unsigned char>(c));
        out += escape.data();
    }
}

/// C0, DEL and C1 controls, and bytes that are no character.
bool needs_escape(std::optional<char32_t> point) {
    return !point || *point < 0x20 || (*point >= 0x7F && *point < 0xA0);
}

std::string escaped(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        std::string_view rest = text;
        const bool must_escape = needs_escape(next_code_point(rest));
        const std::string_view character = text.substr(0, text.size() - rest.size());
        if (must_escape) append_escaped(out, character);
        else out += character;
        text = rest;
    }
    return out;
}

/// The message with what it is about to people who see no fields: ERROR, or else REASON.
std::string with_cause(std::string_view message, Fields fields) {
    std::string_view cause;
    for (const Field& field : fields) {
        if (field.name == "ERROR" || (field.name == "REASON" && cause.empty())) cause = field.value;
    }
    const bool is_told = cause.empty() || message.find(cause) != std::string_view::npos;
    return std::string(message) + (is_told ? "" : ": " + std::string(cause));
}

/// The value as one word: quoted if necessary.
std::string quoted_if_needed(std::string_view value) {
    if (!value.empty() && value.find_first_of(" \"=\\") == std::string_view::npos) return escaped(value);
    std::string quoted = "\"";
    for (const char c : value) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return escaped(quoted + '"');
}

}  // namespace

std::vector<std::string> journal_fields(Level level, std::string_view message, Fields fields) {
    std::vector<std::string> lines{"MESSAGE=" + escaped(with_cause(message, fields)),
                                   "PRIORITY=" + std::to_string(priority(level)),
                                   "SYSLOG_IDENTIFIER=dockerextd"};
    lines.reserve(lines.size() + fields.size());
    for (const Field& field : fields)
        lines.push_back(std::string(field.name) + "=" + std::string(field.value));
    return lines;
}

std::string console_line(std::string_view message, Fields fields) {
    std::string line = escaped(message);
    for (const Field& field : fields) {
        if (field.name == "MESSAGE_ID") continue;  // means nothing to a person
        line.append(" ").append(field.name).append("=").append(quoted_if_needed(field.value));
    }
    return line;
}

}  // namespace dockerext::log
