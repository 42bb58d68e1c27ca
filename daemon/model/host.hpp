#pragma once

#include "model/settings.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

/// The engine as a service of its machine: what the settings ask of it, what is there, what of it is ours.
namespace dockerext::model {

/// Where things are on every machine that we serve.
namespace host_paths {
inline constexpr std::string_view engine_unit = "docker.service";
inline constexpr std::string_view drop_in = "/etc/systemd/system/docker.service.d/50-dockerextd.conf";
inline constexpr std::string_view daemon_json = "/etc/docker/daemon.json";
inline constexpr std::string_view ca = "/etc/docker/ca.pem";
inline constexpr std::string_view certificate = "/etc/docker/cert.pem";
inline constexpr std::string_view key = "/etc/docker/key.pem";
inline constexpr std::string_view credentials = "/root/.docker/config.json";
}  // namespace host_paths

struct EngineDesired {
    DockerSettings docker;
    std::optional<Certificates> certificates;
    std::vector<RegistryLogin> logins;
    std::string azure_environment;
};

/// A version of the engine's packages that we keep from being upgraded, and whose packages they are.
struct PinnedVersion {
    EngineSource source = EngineSource::distro;
    std::string version;
    bool operator==(const PinnedVersion&) const = default;
};

/// What our installation of the engine has brought: nothing of it was there before.
struct Installed {
    std::set<std::string> packages;
    std::set<std::string> files;  ///< the repository, and its key
    bool operator==(const Installed&) const = default;
};

/// What of the machine's files is ours. Stored before a file is written, or after a crash what we wrote would
/// count as somebody else's.
struct Ownership {
    /// Keys of daemon.json, and the value that somebody else had there before, if any (JSON text).
    std::map<std::string, std::optional<std::string>> config_keys;
    std::set<std::string> logins;  ///< entries of `host_paths::credentials`
    bool drop_in = false;
    bool certificates = false;
    std::optional<PinnedVersion> kept_version;
    Installed installed;
    bool operator==(const Ownership&) const = default;
};

/// One file as it is to be.
struct FileChange {
    std::string path;
    std::optional<Secret> content;  ///< none: absent
    std::uint32_t mode = 0644;
    bool operator==(const FileChange&) const = default;
};

/// The engine's configuration, as one change that is made whole or not at all: files, then what makes the
/// engine take them, and it must answer afterwards; else all is put back, and the engine is as it was.
struct ChangeEngine {
    enum class Effect { none, reload, restart };
    std::vector<FileChange> files;
    Effect effect = Effect::none;
    bool units_changed = false;  ///< systemd has to read its units anew
    Ownership owned;             ///< what is ours afterwards
    std::string fingerprint;     ///< of the settings that ask for it
    bool operator==(const ChangeEngine&) const = default;
};
constexpr auto names_of(ChangeEngine::Effect) {
    using enum ChangeEngine::Effect;
    return enum_names<ChangeEngine::Effect>({{none, "none"}, {reload, "reload"}, {restart, "restart"}});
}

/// docker.service, as systemd has it.
struct ObservedUnit {
    enum class Load { loaded, not_found, masked, broken };
    enum class Active { inactive, activating, active, deactivating, failed };
    Load load = Load::not_found;
    Active active = Active::inactive;
    bool enabled = false;  ///< at boot, be it by its socket
    std::string result;    ///< of its last run, in systemd's words: "success", "exit-code", …
    bool operator==(const ObservedUnit&) const = default;
};

/// The package that the engine comes from.
struct EnginePackage {
    std::string name, version;
    bool complete = true;  ///< not left half installed
    bool operator==(const EnginePackage&) const = default;
};

/// A snapshot of the machine around the engine.
struct ObservedHost {
    bool systemd = false;                  ///< none: nothing of the machine is touched
    bool installed = false;                ///< there is a dockerd
    std::optional<EnginePackage> package;  ///< of an engine that is there; looked for on demand
    std::string package_problem;           ///< why it could not be looked for
    ObservedUnit unit;
    /// The unit's texts without our drop-in: its fragment, then the drop-ins of others, as systemd reads
    /// them.
    std::vector<std::string> unit_texts;
    std::map<std::string, std::string> environment_files;  ///< that the unit names and that are there
    std::map<std::string, Secret> files;                   ///< of host_paths, those that are there
    std::map<std::string, std::uint32_t> modes;            ///< of the same
    std::map<std::string, std::string> unreadable;         ///< of the same, and why: they are left alone
    bool operator==(const ObservedHost&) const = default;
};

}  // namespace dockerext::model
