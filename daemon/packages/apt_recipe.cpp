#include "packages/apt_recipe.hpp"

#include "base/joined.hpp"
#include "packages/recipe_parts.hpp"

#include <cstdlib>

namespace dockerext::packages {
namespace {

// docs.docker.com/engine/install: the key of the .deb packages.
constexpr std::string_view deb_fingerprint = "9DC858229FC7DD38854AE2D88D81803C0EBFCD88";

/// Docker's own packages have had this epoch since 18.09; the distributions' packages have none.
std::string apt_version(const model::InstallEngine& request) {
    const bool has_epoch = request.version.find(':') != std::string::npos;
    const bool needs_epoch = request.source == model::EngineSource::docker_ce && !has_epoch;
    return (needs_epoch ? "5:" : "") + request.version + "*";
}

/// Leaves out recommended packages, which include git, perl and needrestart. Adds the two of them that the
/// engine needs: apparmor, without which no container starts on a kernel with AppArmor, and the certificates
/// for registries. Does not remove packages that conflict with the engine: that is up to their owner.
Command apt_install(const InstallRecipe& recipe, const model::InstallEngine& request) {
    Command command = apt({"--no-install-recommends", "--no-remove", "-o", "Dpkg::Options::=--force-confdef",
                           "-o", "Dpkg::Options::=--force-confold", "install"});
    for (const std::string& package : recipe.packages)
        command.push_back(request.version.empty() ? package : package + "=" + apt_version(request));
    command.insert(command.end(), recipe.extra_packages.begin(), recipe.extra_packages.end());
    command.insert(command.end(), {"apparmor", "ca-certificates"});
    return command;
}

/// The priority is above the default (500) and that of a pinned release (990), but never downgrades, which
/// begins at 1001.
VersionPin apt_pin(const std::vector<std::string>& packages, const model::InstallEngine& request) {
    const std::string text =
        std::string(recipe_header) +
        "# The settings ask for this version (docker.install).\nPackage: " + joined(packages, " ") +
        "\nPin: version " + apt_version(request) + "\nPin-Priority: 1000\n";
    return {.files = {{"/etc/apt/preferences.d/dockerextd", text}}};
}

Result<> add_docker_apt_repository(InstallRecipe& recipe, const OsRelease& release,
                                   const model::InstallEngine& request) {
    const bool ubuntu = release.is("ubuntu") || !release.ubuntu_codename.empty();
    const std::string suite =
        ubuntu && !release.ubuntu_codename.empty() ? release.ubuntu_codename : release.codename;
    if ((!ubuntu && !release.is("debian")) || suite.empty() || !all_of(suite, "-"))
        return no_docker_packages(release);
    const std::string base = server_of(request) + "/linux/" + (ubuntu ? "ubuntu" : "debian");
    // File names from Docker's instructions: following those later adds no second repository.
    recipe.key = SigningKey{with_size_limit({"/usr/lib/apt/apt-helper", "download-file", base + "/gpg"}),
                            key_of(request, deb_fingerprint), "/etc/apt/keyrings/docker.asc"};
    recipe.files = {{"/etc/apt/sources.list.d/docker.sources",
                     std::string(recipe_header) + "Types: deb\nURIs: " + base + "\nSuites: " + suite +
                         "\nComponents: stable\nSigned-By: /etc/apt/keyrings/docker.asc\n"}};
    return {};
}

std::vector<std::string> apt_packages(const OsRelease& release, model::EngineSource source) {
    if (source == model::EngineSource::docker_ce) return {"docker-ce", "docker-ce-cli"};
    // Debian 13, and releases that have no version yet, package the client separately.
    const bool split =
        release.is("debian") && (release.version.empty() || std::atoi(release.version.c_str()) >= 13);
    if (split) return {"docker.io", "docker-cli"};
    return {"docker.io"};
}

}  // namespace

Command apt(std::initializer_list<std::string> words) {
    Command command{
        "apt-get", "--yes",          "--quiet", "-o", "DPkg::Lock::Timeout=60", "-o", "Acquire::Retries=3",
        "-o",      "Dpkg::Use-Pty=0"};
    command.insert(command.end(), words);
    return command;
}

Result<InstallRecipe> apt_recipe(const OsRelease& release, const model::InstallEngine& request) {
    InstallRecipe recipe;
    recipe.packages = apt_packages(release, request.source);
    recipe.extra_packages = extra_packages_of(request.source);
    recipe.environment = environment_of(PackageFamily::apt);
    if (request.source == model::EngineSource::docker_ce) {
        if (const auto added = add_docker_apt_repository(recipe, release, request); !added)
            return added.error();
    }
    // By default, apt succeeds even if it could not reach any server.
    recipe.refresh = apt({"-o", "APT::Update::Error-Mode=any", "update"});
    recipe.install = apt_install(recipe, request);
    recipe.repair = repair_of(PackageFamily::apt);
    recipe.pin = apt_pin(recipe.packages, request);
    return recipe;
}

}  // namespace dockerext::packages
