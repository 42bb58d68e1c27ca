#include "settings/unsupported_parts.hpp"

#include <utility>

namespace dockerext::settings {
namespace {

/// An engine of the distribution's that is there already needs no installing.
bool asks_for_engine(const model::DockerSettings& docker) {
    return docker.install == model::EngineSource::docker_ce || !docker.install_version.empty() ||
           !docker.install_mirror.empty();
}

std::string registry_name(const model::RegistryLogin& login) {
    return "registry." + (login.server.empty() ? "docker.io" : login.server);
}

}  // namespace

std::vector<model::PartStatus> unsupported_parts(const model::Settings& settings) {
    std::vector<model::PartStatus> parts;
    const auto add = [&](std::string name, const std::string& setting) {
        parts.push_back({std::move(name), "unsupported",
                         "accepted, but this version does not apply " + setting + " yet"});
    };
    const model::DockerSettings& docker = settings.docker;
    if (asks_for_engine(docker)) add("engine.install", "docker.install");
    if (!docker.options.empty()) add("engine.options", "docker.options");
    if (docker.config != "{}") add("engine.config", "docker.config");
    if (settings.certificates) add("engine.tls", "certs");
    if (docker.port) add("engine.port", "docker.port");
    for (const model::RegistryLogin& login : settings.logins) add(registry_name(login), "login");
    if (!settings.azure_environment.empty() && settings.azure_environment != "AzureCloud") {
        add("azure-environment", "azure-environment");
    }
    if (settings.reconcile.rollback.value_or(false)) add("reconcile.rollback", "reconcile.rollback");
    return parts;
}

}  // namespace dockerext::settings
