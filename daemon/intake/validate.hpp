#pragma once

#include "base/problem.hpp"
#include "model/settings.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace dockerext::intake {

/// The problems of settings, and the warnings that their author should see although they are valid.
struct Validation {
    std::vector<Problem> problems;
    std::vector<std::string> warnings;
};

/// Checks new settings as a daemon under `root` would, without running one. Reads the files that the Compose
/// model names; changes nothing.
Validation validate(const model::Envelope& envelope, const std::filesystem::path& root);

}  // namespace dockerext::intake
