#pragma once

#include "base/json_cursor.hpp"
#include "base/problem.hpp"

#include <map>
#include <string>

namespace dockerext::settings {

/// Reads an object of environment variables, whose values are strings, numbers or booleans, as text. No
/// problem repeats a value.
std::map<std::string, std::string> read_environment(const JsonCursor& object, Problems& problems);

}  // namespace dockerext::settings
