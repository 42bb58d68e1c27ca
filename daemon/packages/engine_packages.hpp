#pragma once

#include "base/child_process.hpp"
#include "packages/os_release.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext::packages {

enum class EngineOrigin { distro, docker_ce };

struct InstallRequest {
    EngineOrigin origin = EngineOrigin::distro;
    std::string version;            ///< "20.10", "26.1.5": whatever begins so; "" is the newest
    std::string mirror;             ///< of docker-ce; "" is that of the Azure environment
    std::string key;                ///< fingerprint of the mirror's key; "" is Docker's
    std::string azure_environment;  ///< "AzureChinaCloud"; others use Docker's own server
};

/// A file that belongs to an installation, for all to read.
struct HostFile {
    std::filesystem::path path;
    std::string text;
};

/// The key that packages are signed with. It is fetched by `fetch`, whose last word is where to put it, and
/// used only if it is the one with this fingerprint.
struct SigningKey {
    Command fetch;
    std::string fingerprint;
    std::filesystem::path path;
};

/// How a chosen version stays while the rest of the machine is upgraded: with the files in place, and after
/// the commands. Undone by removing the files and by the commands of `release`. tdnf knows no such thing.
struct VersionPin {
    std::vector<HostFile> files;
    std::vector<Command> commands;
    std::vector<Command> release;

    bool possible() const { return !files.empty() || !commands.empty(); }
};

/// All that installs an engine on one distribution: what is written and what is run, to the word.
struct InstallRecipe {
    PackageFamily family = PackageFamily::apt;
    std::vector<std::string> packages;     ///< of the engine
    std::vector<std::string> beside;       ///< that it needs and that come from where it comes from
    std::string version;                   ///< that was asked for and is kept; "" is the newest, which is not
    std::vector<std::string> environment;  ///< of every command
    std::optional<SigningKey> key;
    std::vector<HostFile> files;  ///< the repository
    Command refresh;              ///< reads the repositories anew
    Command install;
    Command
        repair;  ///< ends what an earlier installation has left half done; empty where there is no such thing
    VersionPin pin;

    /// Of the repository and its key.
    std::vector<std::filesystem::path> places() const;
};

/// `invalid_input`, with a remedy, when the distribution has no such engine or the request cannot be met.
Result<InstallRecipe> engine_packages(const OsRelease& release, const InstallRequest& request);

/// All that removes packages again. Their configuration stays, and all data.
struct RemovalRecipe {
    PackageFamily family = PackageFamily::apt;
    std::vector<std::string> packages;
    std::vector<std::string> environment;  ///< of every command
    Command remove;                        ///< is followed by the packages
    Command repair;                        ///< as in InstallRecipe
};

/// `invalid_input` when no package manager that is spoken to is the distribution's.
Result<RemovalRecipe> package_removal(const OsRelease& release, std::vector<std::string> packages);

/// The packages that may hold an engine on that family.
std::vector<std::string> known_engine_packages(PackageFamily family);

}  // namespace dockerext::packages
