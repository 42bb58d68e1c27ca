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

/// What the planner may know of the machine's past.
struct HostHistory {
    model::Ownership owned;
    /// Fingerprint of the engine's settings with which dockerd did not come up, and its own words.
    std::string refused, refusal;
    std::map<model::Subject, model::Trouble> troubles;
    std::string engine_version;  ///< "" when the engine does not answer
    /// Logins that a registry has confirmed, each as `login_mark` names it.
    std::set<std::string> confirmed;
    /// How registries stand that take this machine's identity for a login, by their keys.
    std::map<std::string, model::PartStatus> identities;
};

/// What to do about the engine itself, and how its parts stand (design: status, parts[]).
struct HostPlan {
    model::Plan plan;
    std::vector<model::PartStatus> parts;
    std::string fingerprint;  ///< of what the settings ask of the engine's configuration
};

/// Whether a part stands as it does because of what is done about `subject`.
bool is_about(const model::Subject& subject, std::string_view part);

/// Tells one login from another, the password included; says nothing of it.
std::string login_mark(const std::string& server, const model::PasswordLogin& login);

HostPlan plan_host(const model::EngineDesired& desired, const model::ObservedHost& observed,
                   const HostHistory& history, model::SteadyTime now);

}  // namespace dockerext::plan
