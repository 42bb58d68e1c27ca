#pragma once

#include "base/error.hpp"
#include "cli/context.hpp"

#include <cstdint>
#include <iosfwd>
#include <string>
#include <variant>

namespace dockerext::cli {

/// Reads a file, or `in` if the name is "-". Reads at most one byte more than settings may have, which is
/// enough for the parser to refuse them for their size.
Result<std::string> read_text(const std::string& name, std::istream& in);

/// A Compose file with this text, and its variables. Standard input has no .env file and no folder.
/// `not_found` if a variable of the shell is not set.
Result<intake::ComposeFile> compose_file(const SettingsFiles& files, std::string text);

/// The settings made from a Compose file; writes their warnings to the error stream.
Result<std::string> converted_settings(Result<intake::ConvertedSettings> made, const std::string& name,
                                       const Context& context);

/// Reads the settings, which may be a Compose file, and the protected settings unless their name is empty.
/// At most one name can be "-".
Result<model::Envelope> read_settings(const SettingsFiles& files, const Context& context);

/// Reads and validates the settings in these files. Shows all problems and warnings. Returns the settings
/// if they are valid, else the exit code.
std::variant<model::Envelope, Exit> checked_settings(const SettingsFiles& files, const Context& context);

/// Submits settings to the daemon. Returns their sequence.
Result<std::int64_t> submit(model::Envelope envelope, const Context& context);

}  // namespace dockerext::cli
