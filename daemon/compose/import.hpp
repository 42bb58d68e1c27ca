#pragma once

#include "base/error.hpp"
#include "compose/interpolate.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace dockerext::compose {

/// Whether a text is a Compose file rather than a document of settings, which is JSON: it begins with neither
/// a brace nor a comment of JSON's, or it is a map with `services` or `include`.
bool is_compose_file(std::string_view text);

/// What the .env beside a Compose file says.
struct VariablesFile {
    Environment values;
    std::vector<std::string> warnings;  ///< of variables without a value
};

/// The variables of a .env; $HOME and $PWD are what they are in the model, whatever it says of them.
/// `invalid_input` with the line.
Result<VariablesFile> read_variables(std::string_view text, const std::string& project_directory);

/// Settings that hold the text of a Compose file as it is, and variables for it; `invalid_input` when that is
/// no text.
Result<std::string> settings_around(std::string_view text, const Environment& variables = {});

/// Settings that hold what a Compose file says as JSON, indented: aliases and merge keys resolved, several
/// documents laid over each other, x-… kept, comments lost; variables, `extends`, `include` and the names of
/// files stay as they are. `invalid_input` with line and column.
Result<std::string> import_settings(std::string_view text, const Environment& variables = {});

}  // namespace dockerext::compose
