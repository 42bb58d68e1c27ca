#pragma once

#include "model/desired.hpp"

#include <string>
#include <vector>

namespace dockerext::apply {

/// Configs and secrets as a tar for PUT /containers/{id}/archive of the root folder.
std::string tar_of(const std::vector<model::InjectedFile>& files);

}  // namespace dockerext::apply
