#include "host/engine_packages.hpp"

#include "host/openpgp_key.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <utility>

namespace dockerext::host {
namespace {

constexpr std::string_view docker_server = "https://download.docker.com";
constexpr std::string_view azure_china_server = "https://mirror.azure.cn/docker-ce";
// docs.docker.com/engine/install: the keys of the .deb and of the .rpm packages.
constexpr std::string_view deb_fingerprint = "9DC858229FC7DD38854AE2D88D81803C0EBFCD88";
constexpr std::string_view rpm_fingerprint = "060A61C51B558A7F742B77AAC52FEB6B621E9F35";
constexpr std::string_view header = "# Written by dockerextd, which installed the Docker Engine.\n";

Error refusal(const std::string& why) { return {ErrorKind::invalid_input, why}; }

bool all_of(std::string_view text, std::string_view others) {
    return std::all_of(text.begin(), text.end(), [&](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || others.find(c) != std::string_view::npos;
    });
}

std::string join(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
    return text;
}

std::string major(const std::string& version) { return version.substr(0, version.find('.')); }

/// Versions end up in command lines and files.
Result<> check(const EngineWish& wish) {
    const bool version_fits = all_of(wish.version, ".+~:_-") && !wish.version.starts_with('-');
    if (!version_fits) return refusal("'" + wish.version + "' is no version of a package");
    const bool mirror_fits =
        wish.mirror.empty() || ((wish.mirror.starts_with("https://") || wish.mirror.starts_with("http://")) &&
                                all_of(wish.mirror, ":/._~%-"));
    if (!mirror_fits) return refusal("'" + wish.mirror + "' is no address of a mirror");
    return {};
}

std::string server_of(const EngineWish& wish) {
    std::string server(wish.azure_environment == "AzureChinaCloud" ? azure_china_server : docker_server);
    if (!wish.mirror.empty()) server = wish.mirror;
    while (server.ends_with('/')) server.pop_back();
    return server;
}

std::string key_of(const EngineWish& wish, std::string_view dockers) {
    return wish.key.empty() ? std::string(dockers) : wish.key;
}

/// Docker's own packages come with a containerd of their own.
std::vector<std::string> beside(EngineOrigin origin) {
    if (origin == EngineOrigin::docker_ce) return {"containerd.io"};
    return {};
}

/// Without them packages ask questions, and needrestart restarts services that are none of our business.
std::vector<std::string> environment_of(PackageFamily family) {
    switch (family) {
    case PackageFamily::apt:
        return {"DEBIAN_FRONTEND=noninteractive", "DEBIAN_PRIORITY=critical", "APT_LISTCHANGES_FRONTEND=none",
                "NEEDRESTART_SUSPEND=1"};
    case PackageFamily::zypper: return {"ZYPP_LOCK_TIMEOUT=60"};
    case PackageFamily::dnf:
    case PackageFamily::tdnf: break;
    }
    return {};
}

Command repair_of(PackageFamily family) {
    if (family == PackageFamily::apt)
        return {"dpkg", "--force-confdef", "--force-confold", "--configure", "-a"};
    return {};
}

/// A fetch of a key that ends when the file grows too long for one.
Command limited(Command fetch) {
    fetch.insert(fetch.begin(), {"prlimit", "--fsize=" + std::to_string(longest_openpgp_key)});
    return fetch;
}

// apt

/// Docker's own packages have had this epoch since 18.09; the distributions' have none.
std::string apt_version(const EngineWish& wish) {
    const bool has_epoch = wish.version.find(':') != std::string::npos;
    const bool needs_epoch = wish.origin == EngineOrigin::docker_ce && !has_epoch;
    return (needs_epoch ? "5:" : "") + wish.version + "*";
}

Command apt(std::initializer_list<std::string> words) {
    Command command{
        "apt-get", "--yes",          "--quiet", "-o", "DPkg::Lock::Timeout=60", "-o", "Acquire::Retries=3",
        "-o",      "Dpkg::Use-Pty=0"};
    command.insert(command.end(), words);
    return command;
}

/// Recommended packages would bring git, perl and needrestart along. Of them the engine needs apparmor,
/// without which no container starts on a kernel that has it, and the certificates of registries. What
/// conflicts with the engine is somebody's: it is theirs to remove.
Command apt_install(const InstallRecipe& recipe, const EngineWish& wish) {
    Command command = apt({"--no-install-recommends", "--no-remove", "-o", "Dpkg::Options::=--force-confdef",
                           "-o", "Dpkg::Options::=--force-confold", "install"});
    for (const std::string& package : recipe.packages)
        command.push_back(wish.version.empty() ? package : package + "=" + apt_version(wish));
    command.insert(command.end(), recipe.beside.begin(), recipe.beside.end());
    command.insert(command.end(), {"apparmor", "ca-certificates"});
    return command;
}

/// Above what is offered (500) and what a release is pinned to (990), but never downgrading (from 1001 on).
Keeping apt_keeping(const std::vector<std::string>& packages, const EngineWish& wish) {
    const std::string text =
        std::string(header) +
        "# The settings ask for this version (docker.install).\nPackage: " + join(packages) +
        "\nPin: version " + apt_version(wish) + "\nPin-Priority: 1000\n";
    return {.files = {{"/etc/apt/preferences.d/dockerextd", text}}};
}

Result<> add_docker_apt_repository(InstallRecipe& recipe, const OsRelease& release, const EngineWish& wish) {
    const bool ubuntu = release.is("ubuntu") || !release.ubuntu_codename.empty();
    const std::string suite =
        ubuntu && !release.ubuntu_codename.empty() ? release.ubuntu_codename : release.codename;
    if ((!ubuntu && !release.is("debian")) || suite.empty() || !all_of(suite, "-"))
        return refusal("Docker has no packages for " + release.name +
                       "; set \"docker\": {\"install\": \"distro\"} to take the distribution's");
    const std::string base = server_of(wish) + "/linux/" + (ubuntu ? "ubuntu" : "debian");
    // The names that Docker's instructions give them, so that following those afterwards adds no second one.
    recipe.key = SigningKey{limited({"/usr/lib/apt/apt-helper", "download-file", base + "/gpg"}),
                            key_of(wish, deb_fingerprint), "/etc/apt/keyrings/docker.asc"};
    recipe.files = {{"/etc/apt/sources.list.d/docker.sources",
                     std::string(header) + "Types: deb\nURIs: " + base + "\nSuites: " + suite +
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

Result<InstallRecipe> apt_recipe(const OsRelease& release, const EngineWish& wish) {
    InstallRecipe recipe;
    recipe.packages = apt_packages(release, wish.origin);
    recipe.beside = beside(wish.origin);
    recipe.environment = environment_of(PackageFamily::apt);
    if (wish.origin == EngineOrigin::docker_ce) {
        if (const auto added = add_docker_apt_repository(recipe, release, wish); !added) return added.error();
    }
    // By default apt ends well even when no server could be reached.
    recipe.refresh = apt({"-o", "APT::Update::Error-Mode=any", "update"});
    recipe.install = apt_install(recipe, wish);
    recipe.repair = repair_of(PackageFamily::apt);
    recipe.keeping = apt_keeping(recipe.packages, wish);
    return recipe;
}

// dnf and tdnf

std::string rpm_name(const std::string& package, const EngineWish& wish) {
    return wish.version.empty() ? package : package + "-" + wish.version + "*";
}

/// Where curl may be led to: never from https to http, as apt does it by itself.
std::string protocols(const std::string& address) {
    return address.starts_with("https:") ? "=https" : "=http,https";
}

Result<> add_docker_dnf_repository(InstallRecipe& recipe, const OsRelease& release, const EngineWish& wish) {
    const bool has_packages = release.is("fedora") || release.is_like("rhel") || release.is("centos");
    const std::string version = major(release.version);
    if (!has_packages || version.empty() || !all_of(version, ""))
        return refusal("Docker has no packages for " + release.name +
                       "; set \"docker\": {\"install\": \"distro\"} to take the distribution's");
    const bool own = release.is("fedora") || release.is("rhel");
    const std::string base = server_of(wish) + "/linux/" + (own ? release.id : "centos");
    recipe.key =
        SigningKey{limited({"curl", "--fail", "--silent", "--show-error", "--location", "--proto",
                            protocols(base), "--retry", "3", "--max-time", "60", base + "/gpg", "--output"}),
                   key_of(wish, rpm_fingerprint), "/etc/pki/rpm-gpg/RPM-GPG-KEY-docker"};
    recipe.files = {{"/etc/yum.repos.d/docker-ce.repo",
                     std::string(header) + "[docker-ce-stable]\nname=Docker CE Stable\nbaseurl=" + base +
                         "/" + version +
                         "/$basearch/stable\nenabled=1\ngpgcheck=1\ngpgkey=file:///etc/pki/rpm-gpg/"
                         "RPM-GPG-KEY-docker\n"}};
    return {};
}

Result<std::vector<std::string>> dnf_packages(const OsRelease& release, EngineOrigin origin) {
    if (origin == EngineOrigin::docker_ce) return std::vector<std::string>{"docker-ce", "docker-ce-cli"};
    if (release.is("fedora")) return std::vector<std::string>{"moby-engine"};
    if (release.is("amzn")) return std::vector<std::string>{"docker"};
    return refusal(
        release.name +
        " has no package of the Docker Engine; set \"docker\": {\"install\": \"docker-ce\"} to take "
        "Docker's own");
}

/// The release, too, brings the plugin along: what was to be kept may never have been installed.
Keeping dnf_keeping(const std::vector<std::string>& packages) {
    const Command plugin{"dnf", "--assumeyes", "install", "dnf-command(versionlock)"};
    Command keep{"dnf", "--assumeyes", "versionlock", "add"};
    Command release{"dnf", "--assumeyes", "versionlock", "delete"};
    keep.insert(keep.end(), packages.begin(), packages.end());
    release.insert(release.end(), packages.begin(), packages.end());
    return {.keep = {plugin, keep}, .release = {plugin, release}};
}

Result<InstallRecipe> dnf_recipe(const OsRelease& release, const EngineWish& wish) {
    auto packages = dnf_packages(release, wish.origin);
    if (!packages) return packages.error();
    InstallRecipe recipe;
    recipe.packages = std::move(*packages);
    if (wish.origin == EngineOrigin::docker_ce) {
        if (const auto added = add_docker_dnf_repository(recipe, release, wish); !added) return added.error();
    }
    recipe.refresh = {"dnf", "--assumeyes", "makecache", "--refresh"};
    recipe.install = {"dnf", "--assumeyes", "install"};
    for (const std::string& package : recipe.packages) recipe.install.push_back(rpm_name(package, wish));
    recipe.beside = beside(wish.origin);
    recipe.install.insert(recipe.install.end(), recipe.beside.begin(), recipe.beside.end());
    recipe.keeping = dnf_keeping(recipe.packages);
    return recipe;
}

Result<InstallRecipe> tdnf_recipe(const OsRelease& release, const EngineWish& wish) {
    if (wish.origin == EngineOrigin::docker_ce)
        return refusal("Docker has no packages for " + release.name +
                       "; set \"docker\": {\"install\": \"distro\"} to take the distribution's");
    InstallRecipe recipe;
    recipe.packages = {"moby-engine", "moby-cli"};
    recipe.refresh = {"tdnf", "--assumeyes", "makecache", "--refresh"};
    recipe.install = {"tdnf", "--assumeyes", "install"};
    for (const std::string& package : recipe.packages) recipe.install.push_back(rpm_name(package, wish));
    return recipe;
}

// zypper

Result<InstallRecipe> zypper_recipe(const OsRelease& release, const EngineWish& wish) {
    if (wish.origin == EngineOrigin::docker_ce)
        return refusal("Docker has no packages for " + release.name +
                       "; set \"docker\": {\"install\": \"distro\"} to take the distribution's");
    InstallRecipe recipe;
    recipe.packages = {"docker"};
    recipe.environment = environment_of(PackageFamily::zypper);
    recipe.refresh = {"zypper", "--non-interactive", "refresh"};
    recipe.install = {"zypper", "--non-interactive", "install", "--auto-agree-with-licenses",
                      wish.version.empty() ? "docker" : "docker=" + wish.version};
    recipe.keeping = {.keep = {{"zypper", "--non-interactive", "addlock", "docker"}},
                      .release = {{"zypper", "--non-interactive", "removelock", "docker"}}};
    return recipe;
}

Result<InstallRecipe> recipe_of(PackageFamily family, const OsRelease& release, const EngineWish& wish) {
    switch (family) {
    case PackageFamily::apt: return apt_recipe(release, wish);
    case PackageFamily::dnf: return dnf_recipe(release, wish);
    case PackageFamily::tdnf: return tdnf_recipe(release, wish);
    case PackageFamily::zypper: return zypper_recipe(release, wish);
    }
    return refusal(release.name);
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

std::vector<std::filesystem::path> InstallRecipe::places() const {
    std::vector<std::filesystem::path> all;
    if (key) all.push_back(key->path);
    for (const HostFile& file : files) all.push_back(file.path);
    return all;
}

Result<InstallRecipe> engine_packages(const OsRelease& release, const EngineWish& wish) {
    const auto family = package_family(release);
    if (!family) return family.error();
    if (const auto checked = check(wish); !checked) return checked.error();
    auto recipe = recipe_of(*family, release, wish);
    if (recipe) {
        recipe->family = *family;
        recipe->version = wish.version;
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

}  // namespace dockerext::host
