#pragma once

#include "base/error.hpp"
#include "cli/context.hpp"

#include <iosfwd>
#include <string>

namespace dockerext::cli {

/// Reads a file; "-" is `in`. Of what is larger than settings may be, only so much that it is refused for its
/// size.
Result<std::string> read_text(const std::string& name, std::istream& in);

/// A Compose file of this text, with the variables of the .env beside it; the standard input has none.
Result<intake::ComposeFile> with_variables(const std::string& name, std::string text);

/// The settings of a Compose file; what they warn of goes to the error stream.
Result<std::string> shown(Result<intake::MadeSettings> made, const std::string& name, const Context& context);

/// Reads the settings, which may be a Compose file, and, unless its name is empty, the protected ones; only
/// one of them can be "-".
Result<model::Envelope> read_settings(const std::string& settings_file, const std::string& protected_file,
                                      const Context& context);

}  // namespace dockerext::cli
