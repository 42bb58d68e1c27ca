#pragma once

#include "base/clock.hpp"
#include "model/settings.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

/// The engine as a service of its machine: what the settings ask for, what exists, and what of it we own.
namespace dockerext::model {

/// Names and paths that are the same on every supported machine.
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

/// A version at which we hold the engine's packages, and the source of these packages.
struct PinnedVersion {
    EngineSource source = EngineSource::distro;
    std::string version;
    bool operator==(const PinnedVersion&) const = default;
};

/// Installs the engine from packages.
struct InstallEngine {
    EngineSource source = EngineSource::distro;
    std::string version;            ///< a prefix: "20.10", "26.1.5"; "" is the newest
    std::string mirror;             ///< URL, for docker-ce; "" is the default of the Azure environment
    std::string key;                ///< fingerprint of the mirror's key; "" is Docker's key
    std::string azure_environment;  ///< "AzureChinaCloud"; any other uses Docker's server
};

/// What our installation of the engine added to the machine. None of it existed before.
struct Installed {
    std::set<std::string> packages;
    std::set<std::string> files;  ///< those of the package repository, and its key
    bool operator==(const Installed&) const = default;
};

/// What we own in the machine's files. Stored before a file is written; otherwise a crash in between would
/// make our changes look foreign.
struct Ownership {
    /// Keys of daemon.json, each with the foreign value that it replaced, if any (JSON text).
    std::map<std::string, std::optional<std::string>> config_keys;
    std::set<std::string> logins;  ///< entries of `host_paths::credentials`
    bool drop_in = false;
    bool certificates = false;
    std::optional<PinnedVersion> pinned_version;
    Installed installed;
    bool operator==(const Ownership&) const = default;
};

/// The desired state of one file.
struct FileChange {
    std::string path;
    std::optional<Secret> content;  ///< nullopt: the file is to be absent
    std::uint32_t mode = 0644;
    bool operator==(const FileChange&) const = default;
};

/// One atomic change of the engine's configuration. It writes the files and applies them to the engine, which
/// must answer afterwards; otherwise everything is rolled back.
struct ChangeEngine {
    enum class Effect { none, reload, restart };
    std::vector<FileChange> files;
    Effect effect = Effect::none;
    bool units_changed = false;  ///< systemd must reload its units
    Ownership owned;             ///< what we own afterwards
    std::string fingerprint;     ///< of the settings that ask for this change
    bool operator==(const ChangeEngine&) const = default;
};
constexpr auto names_of(ChangeEngine::Effect) {
    using enum ChangeEngine::Effect;
    return enum_names<ChangeEngine::Effect>({{none, "none"}, {reload, "reload"}, {restart, "restart"}});
}

/// Whether systemd has a unit, and whether the unit runs, as systemd reports it.
enum class UnitLoad { loaded, not_found, masked, broken };
enum class UnitActive { inactive, activating, active, reloading, deactivating, failed };

/// docker.service as systemd reports it.
struct ObservedUnit {
    UnitLoad load = UnitLoad::not_found;
    UnitActive active = UnitActive::inactive;
    bool enabled = false;     ///< starts at boot, also if only through its socket
    std::string result;       ///< of its last run, in systemd's words: "success", "exit-code", …
    std::string run{};        ///< systemd's id of the current or last run; "" before the first
    WallTime active_since{};  ///< the epoch if it never was active
    bool operator==(const ObservedUnit&) const = default;
};

/// An installed package, such as the one that the engine comes from.
struct EnginePackage {
    std::string name, version;
    bool complete = true;  ///< false: half installed
    bool operator==(const EnginePackage&) const = default;
};

/// A snapshot of the machine around the engine.
struct ObservedHost {
    bool systemd = false;                  ///< false: there is none, so nothing on the machine is changed
    bool installed = false;                ///< dockerd exists
    std::optional<EnginePackage> package;  ///< the installed engine's; looked up on demand
    std::string package_problem;           ///< why `package` could not be looked up
    ObservedUnit unit;
    std::string unit_file;  ///< the path of its fragment; "" if there is none
    /// The text of the unit's files without our drop-in: the fragment, then foreign drop-ins, in the order in
    /// which systemd reads them.
    std::vector<std::string> unit_texts;
    std::map<std::string, std::string> environment_files;  ///< those that the unit names and that exist
    std::map<std::string, Secret> files;                   ///< those of host_paths that exist
    std::map<std::string, std::uint32_t> modes;            ///< of `files`
    std::map<std::string, WallTime>
        changed_at;  ///< `files` that dockerd reads, and its drop-in: content or mode
    std::map<std::string, std::string> unreadable;  ///< those that cannot be read, and why
    bool operator==(const ObservedHost&) const = default;
};

}  // namespace dockerext::model
