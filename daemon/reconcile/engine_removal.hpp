#pragma once

#include "base/error.hpp"
#include "model/removal.hpp"

#include <filesystem>
#include <string>

namespace dockerext::reconcile {

/// Called when dockerextd is uninstalled and no daemon runs: removes the engine and everything else that
/// dockerextd installed on the machine, if the settings in force ask for it and dockerextd installed the
/// engine. Can be called again after an error. Takes two minutes at most.
Result<model::Removal> remove_engine(const std::filesystem::path& root, const std::string& docker_host);

}  // namespace dockerext::reconcile
