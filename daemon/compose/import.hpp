#pragma once

#include "base/error.hpp"
#include "compose/interpolate.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace dockerext::compose {

/// Whether a text is a Compose file and not a settings document, which is JSON. A Compose file begins with
/// neither a brace nor a JSON comment, or it is a map with `services` or `include`.
bool is_compose_file(std::string_view text);

/// The variables in the .env next to a Compose file.
struct DotEnvVariables {
    Environment values;
    std::vector<std::string> warnings;  ///< about unset variables
};

/// Reads the variables of a .env. $HOME and $PWD have the values that they have in the model, even if the
/// file sets them. Fails with `invalid_input` and the line.
Result<DotEnvVariables> read_variables_file(std::string_view text, const std::string& project_directory);

/// The project's name that Compose makes of the name of the file's folder; "" if the file names the project
/// itself, or if no letter or digit is in the folder's name.
std::string name_of_folder(std::string_view folder, std::string_view text);

/// Settings that hold the text of a Compose file unchanged, and variables for it. Fails with `invalid_input`
/// when the file is not text.
Result<std::string> wrap_compose_file(std::string_view text, const Environment& variables = {});

/// Settings that hold a Compose file's content as indented JSON. Aliases and merge keys are resolved, and
/// several documents are merged; x-… keys are kept, comments are lost. Variables, `extends`, `include` and
/// file names stay unchanged. Fails with `invalid_input` and line and column.
Result<std::string> import_settings(std::string_view text, const Environment& variables = {});

}  // namespace dockerext::compose
