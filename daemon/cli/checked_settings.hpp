#pragma once

#include "cli/context.hpp"

#include <string>
#include <variant>

namespace dockerext::cli {

/// Reads and validates the settings in these files. Shows all problems and warnings. Returns the settings
/// if they are valid, else the exit code.
std::variant<model::Envelope, Exit> checked_settings(const std::string& settings_file,
                                                     const std::string& protected_file,
                                                     const Context& context);

}  // namespace dockerext::cli
