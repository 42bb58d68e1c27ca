#pragma once

#include "base/http_client.hpp"
#include "base/json_document.hpp"
#include "base/redactor.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Translates the engine's answers into this program's terms. For this room only.
namespace dockerext::engine {

/// The error for an answer with this status and body: 404 is not_found, 409 conflict, other 3xx and 4xx
/// except 429 invalid_input, everything else unavailable. It has the engine's message, redacted, and the
/// status: "No such container: web (404)".
Error response_error(unsigned status, std::string_view body, const Redactor& redact);

/// Parses a JSON text from the engine; `unavailable` if it is not JSON. Replaces NUL characters in strings
/// (the output of a health check may contain some) by U+FFFD, because JsonDocument rejects them. The error
/// may quote the text.
Result<JsonDocument> parse_json(std::string_view text);

/// The error with secrets hidden.
Error redacted(const Error& error, const Redactor& redact);

/// `text` on one line, with line breaks replaced.
std::string on_one_line(std::string text);

/// The failure that a line of progress reports, redacted; "" if there is none.
std::string failure_in(const JsonCursor& line, const Redactor& redact);

/// The string member "Id" of a JSON object: the answer to a create call.
Result<std::string> id_in(std::string_view text);

// Members that may be absent, null or of an unexpected type; they then read as "", 0, false or {}.
std::string string_in(const JsonCursor& object, std::string_view key);
bool boolean_in(const JsonCursor& object, std::string_view key);
std::int64_t integer_in(const JsonCursor& object, std::string_view key);
std::vector<std::string> strings_in(const JsonCursor& object, std::string_view key);
std::map<std::string, std::string> string_map_in(const JsonCursor& object, std::string_view key);
std::optional<JsonCursor> object_in(const JsonCursor& object, std::string_view key);

}  // namespace dockerext::engine
