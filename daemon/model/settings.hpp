#pragma once

#include "base/secret.hpp"
#include "base/tcp_address.hpp"
#include "model/desired.hpp"
#include "model/swarm.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace dockerext::model {

/// The Azure handler that delivered the settings: where it expects its status, and where the agent keeps the
/// keys.
struct Handler {
    std::string status_folder;  ///< for SEQUENCE.status (handler-contract §4)
    std::string keys_folder;    ///< holds THUMBPRINT.crt and THUMBPRINT.prv (handler-contract §2)
    std::string version;        ///< "1.2.0"
    bool operator==(const Handler&) const = default;
};

/// Who delivers settings.
enum class SettingsSource { by_operator, azure };
constexpr auto names_of(SettingsSource) {
    using enum SettingsSource;
    return enum_names<SettingsSource>({{by_operator, "operator"}, {azure, "azure"}});
}

/// New settings on their way from their source to the daemon: the documents as written.
struct Envelope {
    SettingsSource source = SettingsSource::by_operator;
    std::int64_t sequence = 0;       ///< the source's number; an operator's is made from the clock
    std::string public_settings;     ///< JSON text, comments allowed
    Secret protected_settings;       ///< JSON text, comments allowed; empty if there are none
    std::optional<Handler> handler;  ///< set exactly if the source is azure
    /// `public_settings` is the unchanged text of the agent's SEQUENCE.settings with both documents, the
    /// protected one still encrypted (handler-contract §5). It may be empty.
    bool wrapped = false;
};

/// docker.install: where the engine comes from.
enum class EngineSource { distro, docker_ce, none };
constexpr auto names_of(EngineSource) {
    using enum EngineSource;
    return enum_names<EngineSource>({{distro, "distro"}, {docker_ce, "docker-ce"}, {none, "none"}});
}

/// docker.install.on-uninstall: what happens, when we are uninstalled, to an engine that we installed.
enum class OnUninstall { keep, remove };
constexpr auto names_of(OnUninstall) {
    using enum OnUninstall;
    return enum_names<OnUninstall>({{keep, "keep"}, {remove, "remove"}});
}

struct DockerSettings {
    std::optional<std::uint16_t> port;
    bool insecure_port = false;
    std::vector<std::string> options;  ///< dockerd arguments as given
    std::string config = "{}";         ///< keys of daemon.json, as JSON text
    EngineSource install = EngineSource::distro;
    std::string install_version;  ///< a pin; "" takes what the distribution has
    std::string install_mirror;
    std::string install_key;  ///< fingerprint of the mirror's own key; "" is Docker's
    OnUninstall on_uninstall = OnUninstall::keep;
};

/// Where the daemon's numbers go (daemon/report/metrics.hpp).
struct MetricsSettings {
    std::optional<TcpAddress> listen;  ///< a loopback address
    std::string textfile;              ///< an absolute path; "" for none
    bool operator==(const MetricsSettings&) const = default;
};

struct PasswordLogin {
    std::string username;
    Secret password;
};

/// Azure's managed identity of this machine; its tokens replace username and password.
struct IdentityLogin {
    std::string identity;  ///< "system" or a client id
};

struct RegistryLogin {
    std::string server;  ///< "" is Docker Hub
    std::variant<PasswordLogin, IdentityLogin> method;
    std::string email;
};

/// Facts about valid certificates.
struct CertificateFacts {
    std::chrono::sys_seconds
        not_after{};                    ///< the earliest expiry of the engine's certificate and its issuers
    std::vector<std::string> warnings;  ///< what dockerd accepts, but clients may not
};

struct Certificates {
    Secret ca, cert, key;  ///< PEM
    CertificateFacts facts;
};

/// Both documents of the settings contract (design: settings), validated; the Compose part is not parsed yet.
struct Settings {
    DockerSettings docker;
    std::optional<std::string> compose;  ///< JSON text of the member `compose`; nullopt if absent
    std::map<std::string, std::string> compose_environment;
    std::map<std::string, Secret> protected_environment;
    std::string azure_environment;
    ReconcilePolicy reconcile;
    MetricsSettings metrics;
    std::optional<Certificates> certificates;
    std::vector<RegistryLogin> logins;
    std::optional<SwarmSettings> swarm;  ///< nullopt: membership in a swarm is left alone
    SwarmAccess swarm_access;            ///< empty without `swarm`
    bool stack = false;                  ///< the Compose model runs as a stack of the swarm
};

}  // namespace dockerext::model
