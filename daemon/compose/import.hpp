#pragma once

#include "base/error.hpp"

#include <string>
#include <string_view>

namespace dockerext::compose {

/// Whether a text is a Compose file rather than a document of settings, which is JSON: it begins with neither
/// a brace nor a comment of JSON's, or it is a map with `services` or `include`.
bool is_compose_file(std::string_view text);

/// Settings that hold the text of a Compose file as it is; `invalid_input` when that is no text.
Result<std::string> settings_around(std::string_view text);

/// Settings that hold what a Compose file says as JSON, indented: aliases and merge keys resolved, several
/// documents laid over each other, x-… kept, comments lost; variables, `extends`, `include` and the names of
/// files stay as they are. `invalid_input` with line and column.
Result<std::string> import_settings(std::string_view text);

}  // namespace dockerext::compose
