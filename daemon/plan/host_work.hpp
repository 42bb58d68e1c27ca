#pragma once

#include "plan/host_planner.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dockerext::plan {

/// All inputs of one plan for the engine itself, and the plan under construction.
struct HostWork {
    const model::EngineDesired& desired;
    const model::ObservedHost& observed;
    const HostHistory& history;
    const model::SteadyTime now;
    model::Ownership owned = history.owned;  ///< as it will be after all the steps planned so far
    HostPlan result{};

    void report(std::string part, model::PartState state, std::string message = {});
    /// Marks a part as failed and holds its subject: nothing is done about it until something else changes.
    void fail_and_hold(const model::Subject& subject, model::Held::Why why, std::string reason);
    model::StepId add(model::Step step);
    void hold(const model::Subject& subject, model::Held::Why why, std::string reason,
              std::optional<model::SteadyTime> until = {});
    /// Holds a subject that failed recently and whose next attempt is not due. Returns why it failed.
    std::string backing_off(const model::Subject& subject);
    bool is_held(const model::Subject& subject) const;
    /// Sets a part's status to what is being done about it, or to why that last failed. Returns whether it
    /// may be done now.
    bool begin(const model::Subject& subject, const std::string& doing);
};

constexpr std::uint32_t world_readable = 0644, root_only = 0600;  ///< modes of files

/// The subject for work on one part.
model::Subject part(std::string name);
/// The subject of all that goes into dockerd's command line and daemon.json.
inline const model::Subject configuration_part = part("engine.configuration");

/// "engine.config.debug, engine.options changed".
std::string reason_of(const std::vector<model::Change>& changes);

}  // namespace dockerext::plan
