#pragma once

#include "packages/engine_packages.hpp"

namespace dockerext::packages {

Result<InstallRecipe> dnf_recipe(const OsRelease& release, const model::InstallEngine& request);
Result<InstallRecipe> tdnf_recipe(const OsRelease& release, const model::InstallEngine& request);
Result<InstallRecipe> zypper_recipe(const OsRelease& release, const model::InstallEngine& request);

}  // namespace dockerext::packages
