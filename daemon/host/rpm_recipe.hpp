#pragma once

#include "host/engine_packages.hpp"

namespace dockerext::host {

Result<InstallRecipe> dnf_recipe(const OsRelease& release, const InstallRequest& request);
Result<InstallRecipe> tdnf_recipe(const OsRelease& release, const InstallRequest& request);
Result<InstallRecipe> zypper_recipe(const OsRelease& release, const InstallRequest& request);

}  // namespace dockerext::host
