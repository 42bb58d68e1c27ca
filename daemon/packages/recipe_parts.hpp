#pragma once

#include "packages/engine_packages.hpp"

#include <string>
#include <string_view>
#include <vector>

/// What the recipes of all package managers have in common.
namespace dockerext::packages {

constexpr std::string_view recipe_header = "# Written by dockerextd, which installed the Docker Engine.\n";

Error refusal(const std::string& why);
/// Where Docker has no packages, only the distribution's are left.
Error no_docker_packages(const OsRelease& release);

/// Whether `text` has nothing but letters, digits and `others`.
bool all_of(std::string_view text, std::string_view others);

/// The server of Docker's packages, without a slash at its end.
std::string server_of(const InstallRequest& request);
/// The fingerprint of the key: the mirror's own, or `dockers`.
std::string key_of(const InstallRequest& request, std::string_view dockers);

/// Docker's own packages come with a containerd of their own.
std::vector<std::string> packages_beside(EngineOrigin origin);

/// Without them packages ask questions, and needrestart restarts services that are none of our business.
std::vector<std::string> environment_of(PackageFamily family);

/// What ends an installation that was left half done; empty where there is no such thing.
Command repair_of(PackageFamily family);

/// A fetch of a key that ends when the file grows too long for one.
Command limited(Command fetch);

}  // namespace dockerext::packages
