#pragma once

#include "base/error.hpp"
#include "model/engine_removal.hpp"

#include <filesystem>
#include <string>

namespace dockerext::reconcile {

/// At the end of an installation of ours, when no daemon runs: takes away the engine and what else is ours on
/// the machine, if the settings in force ask for it and the engine was brought by us. After an error it can
/// be called again. Within two minutes.
Result<model::EngineRemoval> remove_engine(const std::filesystem::path& root, const std::string& docker_host);

}  // namespace dockerext::reconcile
