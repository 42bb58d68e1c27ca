#pragma once

#include "packages/engine_packages.hpp"

#include <initializer_list>
#include <string>

namespace dockerext::packages {

/// `apt-get` with the options that every call needs, then `words`.
Command apt(std::initializer_list<std::string> words);

Result<InstallRecipe> apt_recipe(const OsRelease& release, const model::InstallEngine& request);

}  // namespace dockerext::packages
