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

/// What the engine answered, in this program's terms. For this room only.
namespace dockerext::engine {

/// The error that an answer with such a status and body is: 404 not_found, 409 conflict, other 3xx and 4xx
/// but 429 invalid_input, all else unavailable; with the engine's message, redacted, and the status, "No such
/// container: web (404)".
Error refusal(unsigned status, std::string_view body, const Redactor& redact);

/// A JSON text of the engine; `unavailable` when it is none. NUL characters in strings (the output of a
/// health check may hold some) are replaced by U+FFFD, as JsonDocument takes none. The error may quote the
/// text.
Result<JsonDocument> json_of(std::string_view text);

/// The error as people may see it.
Error redacted(const Error& error, const Redactor& redact);

/// One line, without what would end it.
std::string on_one_line(std::string text);

/// The failure that a line of progress tells; "" if it tells none.
std::string failure_in(const JsonCursor& line);

/// The string member "Id" of a JSON object, as the create calls answer it.
Result<std::string> id_in(std::string_view text);

// Members that may be absent, null or of another type than expected: "", 0, {} then.
std::string string_in(const JsonCursor& object, std::string_view key);
std::int64_t integer_in(const JsonCursor& object, std::string_view key);
std::vector<std::string> strings_in(const JsonCursor& object, std::string_view key);
std::map<std::string, std::string> string_map_in(const JsonCursor& object, std::string_view key);
std::optional<JsonCursor> object_in(const JsonCursor& object, std::string_view key);

}  // namespace dockerext::engine
