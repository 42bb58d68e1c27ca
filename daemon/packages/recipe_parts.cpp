#include "packages/recipe_parts.hpp"

#include "packages/openpgp_key.hpp"

#include <algorithm>
#include <cctype>

namespace dockerext::packages {
namespace {

constexpr std::string_view docker_server = "https://download.docker.com";
constexpr std::string_view azure_china_server = "https://mirror.azure.cn/docker-ce";

}  // namespace

Error invalid_request(const std::string& why) { return {ErrorKind::invalid_input, why}; }

Error no_docker_packages(const OsRelease& release) {
    return invalid_request("Docker has no packages for " + release.name +
                           "; set \"docker\": {\"install\": \"distro\"} to take the distribution's");
}

bool all_of(std::string_view text, std::string_view others) {
    return std::all_of(text.begin(), text.end(), [&](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || others.find(c) != std::string_view::npos;
    });
}

std::string server_of(const model::InstallEngine& request) {
    std::string server(request.azure_environment == "AzureChinaCloud" ? azure_china_server : docker_server);
    if (!request.mirror.empty()) server = request.mirror;
    while (server.ends_with('/')) server.pop_back();
    return server;
}

std::string key_of(const model::InstallEngine& request, std::string_view default_fingerprint) {
    return request.key.empty() ? std::string(default_fingerprint) : request.key;
}

std::vector<std::string> extra_packages_of(model::EngineSource source) {
    if (source == model::EngineSource::docker_ce) return {"containerd.io"};
    return {};
}

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

Command with_size_limit(Command fetch) {
    fetch.insert(fetch.begin(), {"prlimit", "--fsize=" + std::to_string(longest_openpgp_key)});
    return fetch;
}

}  // namespace dockerext::packages
