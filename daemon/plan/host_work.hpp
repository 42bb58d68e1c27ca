#pragma once

#include "plan/host_planner.hpp"

#include <optional>
#include <string>

namespace dockerext::plan {

/// All that one plan for the engine itself is made of, and the plan as it grows.
struct HostWork {
    const model::EngineDesired& desired;
    const model::ObservedHost& observed;
    const HostHistory& history;
    const model::SteadyTime now;
    model::Ownership owned = history.owned;  ///< as it is when all steps so far have been done
    HostPlan made{};

    void tell(std::string part, model::PartState state, std::string message = {});
    /// Tells a part that it has failed, and that nothing is done about it before something else changes.
    void give_up(const model::Subject& subject, model::Held::Why why, std::string reason);
    model::StepId add(model::Step step);
    void hold(const model::Subject& subject, model::Held::Why why, std::string reason,
              std::optional<model::SteadyTime> until = {});
    /// Holds what failed lately and whose time has not come; why it failed.
    std::string backing_off(const model::Subject& subject);
    bool is_held(const model::Subject& subject) const;
    /// Tells a part what is to be done about it, or why it failed the last time. Whether it may be done now.
    bool begin(const model::Subject& subject, const std::string& doing);
};

/// The subject of what is done about one part.
model::Subject part(std::string name);

/// "engine.config.debug, engine.options changed".
std::string reason_of(const std::vector<model::Change>& changes);

}  // namespace dockerext::plan
