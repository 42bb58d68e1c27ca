#pragma once

#include "model/status.hpp"
#include "state/report_target.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dockerext::report {

/// A problem of a part, of a service or of the whole.
struct Issue {
    model::SteadyTime since, last;  ///< when it was seen first, and last
    std::string description;        ///< the reason, for a service
};
/// Limit for all work together: leaves reserve within Azure's 90 minutes.
inline constexpr std::chrono::minutes time_limit{75};

/// By part or service; "" means that the work as a whole is not done.
using Issues = std::map<std::string, Issue>;

/// For settings that have just arrived.
inline Issues unfinished_since(model::SteadyTime now) { return {{"", {now, now, {}}}}; }

/// Updates `before` to `now`: complaints that persist keep their start time. A service that keeps ending is
/// running at times, so its complaint ends only after half a minute without a failure. Work that was
/// unfinished before a pause counts as unfinished during it.
Issues issues_of(const model::Status& status, const Issues& before, model::SteadyTime now);

enum class AzureState { transitioning, success, error };
constexpr auto names_of(AzureState) {
    using enum AzureState;
    return enum_names<AzureState>({{transitioning, "transitioning"}, {success, "success"}, {error, "error"}});
}

/// One item in the report to Azure.
struct AzureSubstatus {
    std::string name;  ///< "engine.tls", "service.web"
    AzureState state = AzureState::transitioning;
    std::string message;
    bool operator==(const AzureSubstatus&) const = default;
};

struct AzureStatus {
    AzureState state = AzureState::transitioning;
    std::string message;  ///< for people, the reason first: portals cut after about a thousand characters
    std::vector<AzureSubstatus> substatus;
    bool operator==(const AzureStatus&) const = default;
};

/// The report for Azure. An error if something has failed with no further attempt, or has failed for two
/// minutes, or if the whole is not done within 75 minutes: Azure itself gives up after 90 (handler-contract
/// §8).
AzureStatus azure_status(const model::Status& status, const Issues& issues, model::SteadyTime now);

/// Whether the services are not known yet, and nothing seems to prevent a look soon.
bool is_about_to_look(const model::Status& status);

// How long the work as a whole has not been done, across restarts of the daemon. Without it, a daemon that
// restarts now and then would report "transitioning" forever, and Azure would end the deployment without a
// reason.

/// What to store of `issues`: `stored` itself while it is accurate enough, so that there is at most one
/// write a minute, and none after the time limit.
std::optional<state::Unfinished> unfinished(const Issues& issues, model::SteadyTime now, model::WallTime wall,
                                            const std::optional<state::Unfinished>& stored);

/// The complaints to start with. The wall clock shows how long the daemon was away, but may have been set: a
/// negative time counts as none, and more than five minutes count as five.
Issues issues_of(const state::Unfinished& stored, model::SteadyTime now, model::WallTime wall);

}  // namespace dockerext::report
