#pragma once

#include "base/problem.hpp"
#include "model/settings.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace dockerext::intake {

/// What is wrong with settings, and what their author should know although they are valid.
struct Validation {
    std::vector<Problem> problems;
    std::vector<std::string> warnings;
};

/// Checks new settings as the daemon under `root` would, without one. Reads the files that the Compose model
/// names and changes nothing.
Validation validate(const model::Envelope& envelope, const std::filesystem::path& root);

}  // namespace dockerext::intake
