#pragma once

#include "base/child_process.hpp"
#include "model/host.hpp"
#include "packages/os_release.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext::packages {

/// A file that belongs to an installation; all users may read it.
struct HostFile {
    std::filesystem::path path;
    std::string text;
};

/// The key that packages are signed with. `fetch` downloads it; the target path is appended to the command.
/// The key is used only if it has this fingerprint.
struct SigningKey {
    Command fetch;
    std::string fingerprint;
    std::filesystem::path path;
};

/// How to keep a chosen version while the rest of the machine is upgraded: write `files` and run `commands`.
/// To undo it, remove the files and run `release`. Empty for tdnf, which cannot pin versions.
struct VersionPin {
    std::vector<HostFile> files;
    std::vector<Command> commands;
    std::vector<Command> release;

    bool possible() const { return !files.empty() || !commands.empty(); }
};

/// How to install an engine on one distribution: all files to write and all commands to run.
struct InstallRecipe {
    PackageFamily family = PackageFamily::apt;
    std::vector<std::string> packages;        ///< of the engine
    std::vector<std::string> extra_packages;  ///< packages that it needs, from the same repository
    std::string version;                      ///< requested, and pinned; "" is the newest, not pinned
    std::vector<std::string> environment;     ///< of every command
    std::optional<SigningKey> key;
    std::vector<HostFile> files;  ///< the repository
    Command refresh;              ///< updates the package lists
    Command install;
    Command repair;  ///< completes an interrupted installation; empty if the package manager does not need it
    VersionPin pin;

    /// The paths of the repository's files and of its key.
    std::vector<std::filesystem::path> file_paths() const;
};

/// Makes the recipe. `invalid_input`, with a remedy, if the distribution has no such engine or the request
/// cannot be met.
Result<InstallRecipe> engine_packages(const OsRelease& release, const model::InstallEngine& request);

/// How to remove packages. Their configuration and all data stay.
struct RemovalRecipe {
    PackageFamily family = PackageFamily::apt;
    std::vector<std::string> packages;
    std::vector<std::string> environment;  ///< of every command
    Command remove;                        ///< the packages are appended
    Command repair;                        ///< as in InstallRecipe
};

/// Makes the recipe. `invalid_input` if the distribution's package manager is not supported.
Result<RemovalRecipe> package_removal(const OsRelease& release, std::vector<std::string> packages);

/// The packages that may contain an engine, for one family.
std::vector<std::string> known_engine_packages(PackageFamily family);

}  // namespace dockerext::packages
