#include "packages/engine_packages.hpp"

#include "base/url.hpp"
#include "packages/apt_recipe.hpp"
#include "packages/recipe_parts.hpp"
#include "packages/rpm_recipe.hpp"

#include <utility>

namespace dockerext::packages {
namespace {

/// Checks version and mirror, because both are written into command lines and files.
Result<> check(const model::InstallEngine& request) {
    const bool version_fits = all_of(request.version, ".+~:_-") && !request.version.starts_with('-');
    if (!version_fits) return invalid_request("'" + request.version + "' is not a package version");
    const bool mirror_fits =
        request.mirror.empty() || (is_web(split_url(request.mirror)) && all_of(request.mirror, ":/._~%-"));
    if (!mirror_fits) return invalid_request("'" + request.mirror + "' is not the URL of a mirror");
    return {};
}

Result<InstallRecipe> recipe_of(PackageFamily family, const OsRelease& release,
                                const model::InstallEngine& request) {
    switch (family) {
    case PackageFamily::apt: return apt_recipe(release, request);
    case PackageFamily::dnf: return dnf_recipe(release, request);
    case PackageFamily::tdnf: return tdnf_recipe(release, request);
    case PackageFamily::zypper: return zypper_recipe(release, request);
    }
    return invalid_request(release.name);
}

Command removal_of(PackageFamily family) {
    switch (family) {
    case PackageFamily::apt: return apt({"remove"});
    case PackageFamily::dnf: return {"dnf", "--assumeyes", "remove"};
    case PackageFamily::tdnf: return {"tdnf", "--assumeyes", "remove"};
    case PackageFamily::zypper: return {"zypper", "--non-interactive", "remove"};
    }
    return {};
}

}  // namespace

std::vector<std::filesystem::path> InstallRecipe::file_paths() const {
    std::vector<std::filesystem::path> all;
    if (key) all.push_back(key->path);
    for (const HostFile& file : files) all.push_back(file.path);
    return all;
}

Result<InstallRecipe> engine_packages(const OsRelease& release, const model::InstallEngine& request) {
    const auto family = package_family(release);
    if (!family) return family.error();
    if (const auto checked = check(request); !checked) return checked.error();
    auto recipe = recipe_of(*family, release, request);
    if (recipe) {
        recipe->family = *family;
        recipe->version = request.version;
    }
    return recipe;
}

Result<RemovalRecipe> package_removal(const OsRelease& release, std::vector<std::string> packages) {
    const auto family = package_family(release);
    if (!family) return family.error();
    return RemovalRecipe{*family, std::move(packages), environment_of(*family), removal_of(*family),
                         repair_of(*family)};
}

std::vector<std::string> known_engine_packages(PackageFamily family) {
    switch (family) {
    case PackageFamily::apt: return {"docker.io", "docker-ce", "moby-engine", "docker-engine"};
    case PackageFamily::dnf: return {"moby-engine", "docker-ce", "docker", "docker-engine"};
    case PackageFamily::tdnf: return {"moby-engine"};
    case PackageFamily::zypper: return {"docker", "docker-ce"};
    }
    return {};
}

}  // namespace dockerext::packages
