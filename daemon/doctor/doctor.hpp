#pragma once

#include "model/finding.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace dockerext::doctor {

/// Examines the machine, with or without a daemon and an engine, and changes nothing. Takes at most about 20
/// s, whatever hangs. No finding contains a secret of the settings.
std::vector<model::Finding> examine_machine(const std::filesystem::path& root,
                                            const std::string& docker_host);

}  // namespace dockerext::doctor
