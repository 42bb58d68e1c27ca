#pragma once

#include "plan/host_planner.hpp"
#include "plan/parts_work.hpp"

#include <cstdint>

namespace dockerext::plan {

/// All inputs of one plan for the engine itself, and the plan under construction.
struct HostWork : PartsWork {
    const model::EngineDesired& desired;
    const model::ObservedHost& observed;
    const HostHistory& history;
    model::Ownership owned = history.owned;  ///< as it will be after all the steps planned so far
    HostPlan result{};                       ///< without plan and parts, which are under construction here
};

constexpr std::uint32_t world_readable = 0644, root_only = 0600;  ///< modes of files

/// The subject of all that goes into dockerd's command line and daemon.json.
inline const model::Subject configuration_part = part("engine.configuration");

}  // namespace dockerext::plan
