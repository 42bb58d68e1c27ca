#include "packages/apt_recipe.hpp"

#include "packages/recipe_parts.hpp"

#include <cstdlib>

namespace dockerext::packages {
namespace {

// docs.docker.com/engine/install: the key of the .deb packages.
constexpr std::string_view deb_fingerprint = "9DC858229FC7DD38854AE2D88D81803C0EBFCD88";

std::string join(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
    return text;
}

/// Docker's own packages have had this epoch since 18.09; the distributions' have none.
std::string apt_version(const InstallRequest& request) {
    const bool has_epoch = request.version.find(':') != std::string::npos;
    const bool needs_epoch = request.origin == EngineOrigin::docker_ce && !has_epoch;
    return (needs_epoch ? "5:" : "") + request.version + "*";
}

/// Recommended packages would bring git, perl and needrestart along. Of them the engine needs apparmor,
/// without which no container starts on a kernel that has it, and the certificates of registries. What
/// conflicts with the engine is somebody's: it is theirs to remove.
Command apt_install(const InstallRecipe& recipe, const InstallRequest& request) {
    Command command = apt({"--no-install-recommends", "--no-remove", "-o", "Dpkg::Options::=--force-confdef",
                           "-o", "Dpkg::Options::=--force-confold", "install"});
    for (const std::string& package : recipe.packages)
        command.push_back(request.version.empty() ? package : package + "=" + apt_version(request));
    command.insert(command.end(), recipe.beside.begin(), recipe.beside.end());
    command.insert(command.end(), {"apparmor", "ca-certificates"});
    return command;
}

/// Above what is offered (500) and what a release is pinned to (990), but never downgrading (from 1001 on).
VersionPin apt_pin(const std::vector<std::string>& packages, const InstallRequest& request) {
    const std::string text =
        std::string(recipe_header) +
        "# The settings ask for this version (docker.install).\nPackage: " + join(packages) +
        "\nPin: version " + apt_version(request) + "\nPin-Priority: 1000\n";
    return {.files = {{"/etc/apt/preferences.d/dockerextd", text}}};
}

Result<> add_docker_apt_repository(InstallRecipe& recipe, const OsRelease& release,
                                   const InstallRequest& request) {
    const bool ubuntu = release.is("ubuntu") || !release.ubuntu_codename.empty();
    const std::string suite =
        ubuntu && !release.ubuntu_codename.empty() ? release.ubuntu_codename : release.codename;
    if ((!ubuntu && !release.is("debian")) || suite.empty() || !all_of(suite, "-"))
        return no_docker_packages(release);
    const std::string base = server_of(request) + "/linux/" + (ubuntu ? "ubuntu" : "debian");
    // The names that Docker's instructions give them, so that following those afterwards adds no second one.
    recipe.key = SigningKey{limited({"/usr/lib/apt/apt-helper", "download-file", base + "/gpg"}),
                            key_of(request, deb_fingerprint), "/etc/apt/keyrings/docker.asc"};
    recipe.files = {{"/etc/apt/sources.list.d/docker.sources",
                     std::string(recipe_header) + "Types: deb\nURIs: " + base + "\nSuites: " + suite +
                         "\nComponents: stable\nSigned-By: /etc/apt/keyrings/docker.asc\n"}};
    return {};
}

std::vector<std::string> apt_packages(const OsRelease& release, EngineOrigin origin) {
    if (origin == EngineOrigin::docker_ce) return {"docker-ce", "docker-ce-cli"};
    // Debian 13 and what has no version yet have the client in a package of its own.
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

Result<InstallRecipe> apt_recipe(const OsRelease& release, const InstallRequest& request) {
    InstallRecipe recipe;
    recipe.packages = apt_packages(release, request.origin);
    recipe.beside = packages_beside(request.origin);
    recipe.environment = environment_of(PackageFamily::apt);
    if (request.origin == EngineOrigin::docker_ce) {
        if (const auto added = add_docker_apt_repository(recipe, release, request); !added)
            return added.error();
    }
    // By default apt ends well even when no server could be reached.
    recipe.refresh = apt({"-o", "APT::Update::Error-Mode=any", "update"});
    recipe.install = apt_install(recipe, request);
    recipe.repair = repair_of(PackageFamily::apt);
    recipe.pin = apt_pin(recipe.packages, request);
    return recipe;
}

}  // namespace dockerext::packages
