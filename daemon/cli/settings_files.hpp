#pragma once

#include "base/error.hpp"
#include "cli/commands.hpp"

#include <iosfwd>
#include <string>

namespace dockerext::cli {

/// Reads a file; "-" is `in`. Of what is larger than settings may be, only so much that it is refused for its
/// size.
Result<std::string> read_text(const std::string& name, std::istream& in);

/// Reads the settings, which may be a Compose file, and, unless its name is empty, the protected ones; only
/// one of them can be "-".
Result<model::Envelope> read_settings(const std::string& settings_file, const std::string& protected_file,
                                      const Services& services, std::istream& in);

}  // namespace dockerext::cli
