#pragma once

#include "packages/engine_packages.hpp"
#include "packages/package_runner.hpp"

namespace dockerext::packages {

/// Installs the engine and sees to it that a version that was asked for stays. Errors say what the matter is
/// and close with the tool's own last words: `conflict` (the lock was held too long), `unavailable` (network,
/// full disk), `not_found` (package or version), `invalid_input` (wrong key), `timeout`, `cancelled`, else
/// `internal`.
Task<Result<>> install_engine(InstallRecipe recipe, PackageTools tools);

/// Lets the version change again with the rest of the machine.
Task<Result<>> release_version(InstallRecipe recipe, PackageTools tools);

/// Those of the packages that are there, be it half installed.
Task<Result<std::vector<std::string>>> present_packages(PackageFamily family,
                                                        std::vector<std::string> packages,
                                                        PackageTools tools);

/// Removes those of the packages that are there, and what cannot be without them. Errors as above.
Task<Result<>> remove_packages(RemovalRecipe recipe, PackageTools tools);

/// The dockerd under `root`, where packages and people put it; "" when there is none.
std::filesystem::path dockerd_under(const std::filesystem::path& root);

struct InstalledEngine {
    std::filesystem::path program;  ///< dockerd; "" when only its package is there
    std::string package;            ///< "" when none of the known ones is there
    std::string version;            ///< of the package
    bool complete = true;           ///< not left half installed
};

/// The engine on this machine, however it came here; none when there is none.
Task<Result<std::optional<InstalledEngine>>> installed_engine(PackageFamily family, PackageTools tools);

}  // namespace dockerext::packages
