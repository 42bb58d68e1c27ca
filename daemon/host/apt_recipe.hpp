#pragma once

#include "host/engine_packages.hpp"

#include <initializer_list>
#include <string>

namespace dockerext::host {

/// `apt-get` with the options of every call, and `words`.
Command apt(std::initializer_list<std::string> words);

Result<InstallRecipe> apt_recipe(const OsRelease& release, const InstallRequest& request);

}  // namespace dockerext::host
