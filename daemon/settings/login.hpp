#pragma once

#include "base/json_cursor.hpp"
#include "base/problem.hpp"
#include "model/settings.hpp"

#include <vector>

namespace dockerext::settings {

/// Reads the member `login`: one object, or an array of them. No problem repeats a value.
std::vector<model::RegistryLogin> read_logins(const JsonCursor& login, Problems& problems);

}  // namespace dockerext::settings
