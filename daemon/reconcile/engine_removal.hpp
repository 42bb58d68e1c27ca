#pragma once

#include "base/error.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace dockerext::reconcile {

struct EngineRemoval {
    std::vector<std::string> done;  ///< "remove docker.io", for people
    std::string kept;               ///< why there was nothing to do; "" when something was done
};

/// At the end of an installation of ours, when no daemon runs: takes away the engine and what else is ours on
/// the machine, if the settings in force ask for it and the engine was brought by us. After an error it can
/// be called again. Within two minutes.
Result<EngineRemoval> remove_engine(const std::filesystem::path& root, const std::string& docker_host);

}  // namespace dockerext::reconcile
