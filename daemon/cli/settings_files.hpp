#pragma once

#include "base/error.hpp"
#include "model/settings.hpp"

#include <iosfwd>
#include <string>

namespace dockerext::cli {

/// Reads the settings and, unless its name is empty, the protected ones; "-" is `in`, for one of them. Of
/// what is larger than settings may be, only so much that it is refused for its size.
Result<model::Envelope> read_settings(const std::string& settings_file, const std::string& protected_file,
                                      std::istream& in);

}  // namespace dockerext::cli
