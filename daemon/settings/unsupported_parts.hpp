#pragma once

#include "model/settings.hpp"
#include "model/status.hpp"

#include <vector>

namespace dockerext::settings {

/// The parts of the settings that this version does not apply yet, each with state `unsupported`, for
/// `status`.
std::vector<model::PartStatus> unsupported_parts(const model::Settings& settings);

}  // namespace dockerext::settings
