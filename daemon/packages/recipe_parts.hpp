#pragma once

#include "packages/engine_packages.hpp"

#include <string>
#include <string_view>
#include <vector>

/// Common parts of the recipes of all package managers.
namespace dockerext::packages {

constexpr std::string_view recipe_header = "# Written by dockerextd, which installed the Docker Engine.\n";

Error invalid_request(const std::string& why);
/// The error for a distribution without packages by Docker; it recommends the distribution's own packages.
Error no_docker_packages(const OsRelease& release);

/// Whether `text` has only letters, digits and characters of `others`.
bool all_of(std::string_view text, std::string_view others);

/// The URL of the server of Docker's packages, without a trailing slash.
std::string server_of(const model::InstallEngine& request);
/// The fingerprint of the signing key: the mirror's own, or `default_fingerprint`.
std::string key_of(const model::InstallEngine& request, std::string_view default_fingerprint);

/// Additional packages that the source needs: Docker's own packages need Docker's containerd.
std::vector<std::string> extra_packages_of(model::EngineSource source);

/// Variables that keep packages from asking questions, and needrestart from restarting unrelated services.
std::vector<std::string> environment_of(PackageFamily family);

/// The command that completes an interrupted installation; empty if the family does not need one.
Command repair_of(PackageFamily family);

/// A download of a key that is aborted when the file becomes longer than a key may be.
Command with_size_limit(Command fetch);

}  // namespace dockerext::packages
