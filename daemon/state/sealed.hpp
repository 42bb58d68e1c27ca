#pragma once

#include "base/error.hpp"

#include <string>
#include <string_view>

namespace dockerext::state {

/// JSON with what tells whether it came back whole: {"version":1,"sha256":"…","content":…}, on one line.
std::string seal(std::string_view content);

/// The content, a part of `text`. `invalid_input` when it is not whole, or of a newer version.
Result<std::string_view> unseal(std::string_view text);

}  // namespace dockerext::state
