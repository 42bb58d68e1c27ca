#pragma once

#include "base/redactor.hpp"
#include "base/task.hpp"
#include "doctor/facts.hpp"
#include "model/settings.hpp"
#include "state/paths.hpp"

#include <filesystem>
#include <optional>
#include <vector>

/// The probes: the only effects of this room. Each changes nothing on the machine, and ends within a time of
/// its own, in which it has found out what it could. What a probe refers to outlives it. For this room only.
namespace dockerext::doctor {

/// Where the probes look.
struct Places {
    std::filesystem::path root;
    state::Paths paths{root};
    Result<std::filesystem::path> engine_socket = not_examined();
};

/// The stored settings, with what only the other probes may know.
struct LoadedSettings {
    StoredSettings stored;
    std::vector<model::RegistryLogin> logins;
    std::string azure_environment;
    Redactor redact;
};

Task<Found<LoadedSettings>> load_settings(const Places& places);
/// The files of the machine, and of the daemon.
Task<void> probe_machine(const Places& places, Facts& facts);
/// The running daemon.
Task<void> probe_daemon(const Places& places, Facts& facts);
/// The engine, and the disk that it uses.
Task<void> probe_engine(const Places& places, EngineFacts& engine, Found<Space>& space);
/// Whether a connection to the engine's usual socket would make systemd start the engine.
bool would_start_engine(const systemd::UnitFacts& socket, const systemd::UnitFacts& service);
/// Makes `places.engine_socket` an error if a connection to it would start the engine.
Task<void> spare_stopped_engine(Places& places);
Task<void> probe_systemd(const Places& places, Facts& facts);
/// The registries of the settings. Logins are tried by the engine, or by Azure's metadata service.
Task<void> probe_registries(const Places& places, const LoadedSettings& settings,
                            std::vector<RegistryFacts>& registries);
/// The engine's swarm, and whether this machine is fit for one. `settings`: those that are stored, if they
/// ask for one.
Task<void> probe_swarm(const Places& places, std::optional<model::SwarmSettings> settings, SwarmFacts& facts);
Task<void> probe_azure(const Places& places, AzureFacts& azure);

}  // namespace dockerext::doctor
