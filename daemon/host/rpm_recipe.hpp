#pragma once

#include "host/engine_packages.hpp"

namespace dockerext::host {

Result<InstallRecipe> dnf_recipe(const OsRelease& release, const EngineWish& wish);
Result<InstallRecipe> tdnf_recipe(const OsRelease& release, const EngineWish& wish);
Result<InstallRecipe> zypper_recipe(const OsRelease& release, const EngineWish& wish);

}  // namespace dockerext::host
