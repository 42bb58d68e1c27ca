#pragma once

#include "model/settings.hpp"
#include "model/status.hpp"

#include <vector>

namespace dockerext::settings {

/// What the settings ask for and this version does not apply yet, each with state `unsupported`, for
/// `status`.
std::vector<model::PartStatus> unsupported_parts(const model::Settings& settings);

}  // namespace dockerext::settings
