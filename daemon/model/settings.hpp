#pragma once

#include "base/secret.hpp"
#include "model/desired.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace dockerext::model {

/// The Azure handler that brought settings: where it wants to be told, and where the agent keeps the keys.
struct Handler {
    std::string status_folder;  ///< for SEQUENCE.status (handler-contract §4)
    std::string keys_folder;    ///< of THUMBPRINT.crt and THUMBPRINT.prv (handler-contract §2)
    std::string version;        ///< "1.2.0"
    bool operator==(const Handler&) const = default;
};

/// Who brings settings.
enum class SettingsSource { by_operator, azure };
constexpr auto names_of(SettingsSource) {
    using enum SettingsSource;
    return enum_names<SettingsSource>({{by_operator, "operator"}, {azure, "azure"}});
}

/// New settings on their way from whoever brings them to the daemon: the documents as they were written.
struct Envelope {
    SettingsSource source = SettingsSource::by_operator;
    std::int64_t sequence = 0;       ///< the bringer's number; operators' are made from the clock
    std::string public_settings;     ///< JSON text, comments allowed
    Secret protected_settings;       ///< JSON text, comments allowed; empty when there are none
    std::optional<Handler> handler;  ///< exactly when the source is azure
    /// `public_settings` is the text of the agent's SEQUENCE.settings as it is, both documents in it, the
    /// protected one still encrypted (handler-contract §5); it may be empty.
    bool wrapped = false;
};

/// docker.install: where the engine comes from.
enum class EngineSource { distro, docker_ce, none };
constexpr auto names_of(EngineSource) {
    using enum EngineSource;
    return enum_names<EngineSource>({{distro, "distro"}, {docker_ce, "docker-ce"}, {none, "none"}});
}

/// docker.install.on-uninstall: what becomes of an engine that we have installed, once we are uninstalled.
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

struct PasswordLogin {
    std::string username;
    Secret password;
};

/// Azure's managed identity of this machine, whose tokens stand for username and password.
struct IdentityLogin {
    std::string identity;  ///< "system" or a client id
};

struct RegistryLogin {
    std::string server;  ///< "" is Docker Hub
    std::variant<PasswordLogin, IdentityLogin> as;
    std::string email;
};

/// What certificates in order say of themselves.
struct CertificateFacts {
    std::chrono::sys_seconds not_after{};  ///< the earliest of the engine's own and of those it is signed by
    std::vector<std::string> warnings;     ///< what dockerd takes, and its clients may not
};

struct Certificates {
    Secret ca, cert, key;  ///< PEM
    CertificateFacts facts;
};

/// Both documents of the settings contract (design: settings), checked; the Compose part still a document.
struct Settings {
    DockerSettings docker;
    std::optional<std::string> compose;  ///< JSON text of the member `compose`; none when absent
    std::map<std::string, std::string> compose_environment;
    std::map<std::string, Secret> protected_environment;
    std::string azure_environment;
    ReconcilePolicy reconcile;
    std::optional<Certificates> certificates;
    std::vector<RegistryLogin> logins;
};

}  // namespace dockerext::model
