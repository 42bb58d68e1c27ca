#pragma once

#include "cli/context.hpp"

#include <string>
#include <variant>

namespace dockerext::cli {

/// The settings in these files once they are found valid; else what to exit with, all problems shown.
/// Warnings are shown, too.
std::variant<model::Envelope, Exit> checked_settings(const std::string& settings_file,
                                                     const std::string& protected_file,
                                                     const Context& context);

}  // namespace dockerext::cli
