#pragma once

#include "packages/engine_packages.hpp"
#include "packages/package_runner.hpp"

namespace dockerext::packages {

/// Installs the engine and pins its version if the recipe has one. Errors state the cause and end with the
/// tool's last lines: `conflict` (lock held too long), `unavailable` (network, full disk), `not_found`
/// (package or version), `invalid_input` (wrong key), `timeout`, `cancelled`, else `internal`.
Task<Result<>> install_engine(InstallRecipe recipe, PackageTools tools);

/// Removes the pin, so that upgrades of the machine change the version again.
Task<Result<>> unpin_version(InstallRecipe recipe, PackageTools tools);

/// Which of the packages are installed, even partially.
Task<Result<std::vector<std::string>>> installed_packages(PackageFamily family,
                                                          std::vector<std::string> packages,
                                                          PackageTools tools);

/// Removes those of the packages that are installed, and packages that depend on them. Errors as for
/// `install_engine`.
Task<Result<>> remove_packages(RemovalRecipe recipe, PackageTools tools);

/// The path of dockerd below `root`, searched where packages and people install it; "" if not found.
std::filesystem::path dockerd_under(const std::filesystem::path& root);

struct InstalledEngine {
    std::filesystem::path program;                ///< dockerd; "" if only its package is present
    std::optional<model::EnginePackage> package;  ///< the first of the known packages that is installed
};

/// The engine on this machine, whoever installed it; nullopt if there is no engine.
Task<Result<std::optional<InstalledEngine>>> installed_engine(PackageFamily family, PackageTools tools);

}  // namespace dockerext::packages
