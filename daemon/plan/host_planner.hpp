#pragma once

#include "model/history.hpp"
#include "model/host.hpp"
#include "model/plan.hpp"
#include "model/status.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext::plan {

/// The engine settings with which the present run of dockerd started, or which it has reloaded since.
struct LoadedConfiguration {
    std::string run;          ///< as in model::ObservedUnit
    std::string fingerprint;  ///< of the settings
    bool operator==(const LoadedConfiguration&) const = default;
};

/// What the planner knows of the machine's past.
struct HostHistory {
    model::Ownership owned;
    /// The fingerprint of the engine settings with which dockerd failed to start, and its error message.
    std::string refused, refusal;
    std::map<model::Subject, model::FailureRecord> failure_records;
    std::string engine_version;  ///< "" when the engine does not answer
    std::optional<LoadedConfiguration> loaded;
    /// The logins that a registry has confirmed, each as a `login_fingerprint`.
    std::set<std::string> verified_logins;
    /// The status of the registries that accept this machine's identity as a login, by registry key.
    std::map<std::string, model::PartStatus> identities;
};

/// What to do about the engine itself, and the status of its parts (design: status, parts[]).
struct HostPlan {
    model::Plan plan;
    std::vector<model::PartStatus> parts;
    std::string fingerprint;   ///< of the engine configuration that the settings ask for
    bool files_match = false;  ///< the engine's files are as the settings ask
};

/// What dockerd has loaded, as far as the machine shows it: its files are as desired, and it has started
/// since they last changed. Otherwise `before`, if the same dockerd still runs.
std::optional<LoadedConfiguration> loaded_configuration(const HostPlan& made,
                                                        const model::ObservedHost& observed,
                                                        const std::optional<LoadedConfiguration>& before);

/// Whether the work on `subject` decides the status of the part.
bool is_about(const model::Subject& subject, std::string_view part);

/// A mark that differs for different logins, including the password, and does not reveal it.
std::string login_fingerprint(const std::string& server, const model::PasswordLogin& login);

HostPlan plan_host(const model::EngineDesired& desired, const model::ObservedHost& observed,
                   const HostHistory& history, model::SteadyTime now);

}  // namespace dockerext::plan
