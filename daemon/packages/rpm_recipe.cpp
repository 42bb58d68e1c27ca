#include "packages/rpm_recipe.hpp"

#include "packages/recipe_parts.hpp"

#include <utility>

namespace dockerext::packages {
namespace {

// docs.docker.com/engine/install: the key of the .rpm packages.
constexpr std::string_view rpm_fingerprint = "060A61C51B558A7F742B77AAC52FEB6B621E9F35";

std::string major(const std::string& version) { return version.substr(0, version.find('.')); }

std::string rpm_name(const std::string& package, const model::InstallEngine& request) {
    return request.version.empty() ? package : package + "-" + request.version + "*";
}

/// The protocols to which curl may follow redirects: never from https to http. apt does the same by default.
std::string protocols(const std::string& address) {
    return address.starts_with("https:") ? "=https" : "=http,https";
}

Result<> add_docker_dnf_repository(InstallRecipe& recipe, const OsRelease& release,
                                   const model::InstallEngine& request) {
    const bool has_packages = release.is("fedora") || release.is_like("rhel") || release.is("centos");
    const std::string version = major(release.version);
    if (!has_packages || version.empty() || !all_of(version, "")) return no_docker_packages(release);
    const bool has_own_repository = release.is("fedora") || release.is("rhel");
    const std::string base = server_of(request) + "/linux/" + (has_own_repository ? release.id : "centos");
    recipe.key = SigningKey{
        with_size_limit({"curl", "--fail", "--silent", "--show-error", "--location", "--proto",
                         protocols(base), "--retry", "3", "--max-time", "60", base + "/gpg", "--output"}),
        key_of(request, rpm_fingerprint), "/etc/pki/rpm-gpg/RPM-GPG-KEY-docker"};
    recipe.files = {{"/etc/yum.repos.d/docker-ce.repo",
                     std::string(recipe_header) +
                         "[docker-ce-stable]\nname=Docker CE Stable\nbaseurl=" + base + "/" + version +
                         "/$basearch/stable\nenabled=1\ngpgcheck=1\ngpgkey=file:///etc/pki/rpm-gpg/"
                         "RPM-GPG-KEY-docker\n"}};
    return {};
}

Result<std::vector<std::string>> dnf_packages(const OsRelease& release, model::EngineSource source) {
    if (source == model::EngineSource::docker_ce)
        return std::vector<std::string>{"docker-ce", "docker-ce-cli"};
    if (release.is("fedora")) return std::vector<std::string>{"moby-engine"};
    if (release.is("amzn")) return std::vector<std::string>{"docker"};
    return invalid_request(
        release.name +
        " has no package of the Docker Engine; set \"docker\": {\"install\": \"docker-ce\"} to take "
        "Docker's own");
}

/// `release` installs the plugin too, because the pin's own commands may never have run.
VersionPin dnf_pin(const std::vector<std::string>& packages) {
    const Command plugin{"dnf", "--assumeyes", "install", "dnf-command(versionlock)"};
    Command keep{"dnf", "--assumeyes", "versionlock", "add"};
    Command release{"dnf", "--assumeyes", "versionlock", "delete"};
    keep.insert(keep.end(), packages.begin(), packages.end());
    release.insert(release.end(), packages.begin(), packages.end());
    return {.commands = {plugin, keep}, .release = {plugin, release}};
}

}  // namespace

Result<InstallRecipe> dnf_recipe(const OsRelease& release, const model::InstallEngine& request) {
    auto packages = dnf_packages(release, request.source);
    if (!packages) return packages.error();
    InstallRecipe recipe;
    recipe.packages = std::move(*packages);
    if (request.source == model::EngineSource::docker_ce) {
        if (const auto added = add_docker_dnf_repository(recipe, release, request); !added)
            return added.error();
    }
    recipe.refresh = {"dnf", "--assumeyes", "makecache", "--refresh"};
    recipe.install = {"dnf", "--assumeyes", "install"};
    for (const std::string& package : recipe.packages) recipe.install.push_back(rpm_name(package, request));
    recipe.extra_packages = extra_packages_of(request.source);
    recipe.install.insert(recipe.install.end(), recipe.extra_packages.begin(), recipe.extra_packages.end());
    recipe.pin = dnf_pin(recipe.packages);
    return recipe;
}

Result<InstallRecipe> tdnf_recipe(const OsRelease& release, const model::InstallEngine& request) {
    if (request.source == model::EngineSource::docker_ce) return no_docker_packages(release);
    InstallRecipe recipe;
    recipe.packages = {"moby-engine", "moby-cli"};
    recipe.refresh = {"tdnf", "--assumeyes", "makecache", "--refresh"};
    recipe.install = {"tdnf", "--assumeyes", "install"};
    for (const std::string& package : recipe.packages) recipe.install.push_back(rpm_name(package, request));
    return recipe;
}

Result<InstallRecipe> zypper_recipe(const OsRelease& release, const model::InstallEngine& request) {
    if (request.source == model::EngineSource::docker_ce) return no_docker_packages(release);
    InstallRecipe recipe;
    recipe.packages = {"docker"};
    recipe.environment = environment_of(PackageFamily::zypper);
    recipe.refresh = {"zypper", "--non-interactive", "refresh"};
    recipe.install = {"zypper", "--non-interactive", "install", "--auto-agree-with-licenses",
                      request.version.empty() ? "docker" : "docker=" + request.version};
    recipe.pin = {.commands = {{"zypper", "--non-interactive", "addlock", "docker"}},
                  .release = {{"zypper", "--non-interactive", "removelock", "docker"}}};
    return recipe;
}

}  // namespace dockerext::packages
