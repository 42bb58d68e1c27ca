#pragma once

#include "base/error.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace dockerext::state {

/// Wraps JSON with a checksum that shows whether it was read back whole:
/// {"version":1,"sha256":"…","content":…}, on one line.
std::string seal(std::string_view content);

/// The content, a view into `text`. `invalid_input` if it is not whole, or of a newer version.
Result<std::string_view> unseal(std::string_view text);

/// The format's number, if only a newer version of this program can read it; else nullopt.
std::optional<unsigned> newer_format(std::string_view text);
/// "written by a newer dockerextd (…)".
std::string written_by_newer(unsigned format);

}  // namespace dockerext::state
