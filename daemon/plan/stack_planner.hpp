#pragma once

#include "base/redactor.hpp"
#include "model/plan.hpp"
#include "model/stack.hpp"
#include "model/status.hpp"
#include "model/swarm.hpp"

#include <optional>
#include <string>
#include <vector>

namespace dockerext::plan {

/// What to do about a stack, and the status of its parts: "stack", "stack.web" of each service, and those of
/// its networks, configs and secrets that are not as the settings ask.
struct StackPlan {
    model::Plan plan;
    std::vector<model::PartStatus> parts;
    model::ProjectName kept;  ///< SwarmRecord::stack, to be on disk before the first step
    /// The project's containers on this machine are not needed any more: the swarm has every service as the
    /// settings ask, whether it runs or not; or they are in the way, because a network of theirs has the name
    /// of one of the stack's.
    bool replaces_project = false;
    bool tasks_start = false;  ///< no event tells when tasks run: look again soon
};

/// The stack of which the plan needs an observation: the former one until it is gone, then that of the
/// settings. nullopt if this machine cannot see any, or needs none.
std::optional<model::ProjectName> stack_to_observe(const model::StackDesired& desired,
                                                   const model::ObservedSwarm& swarm,
                                                   const model::SwarmRecord& record);

/// Steps are planned by the swarm's leader alone; the other managers show the same parts. A service that
/// SwarmKit has rolled back is not updated to the same spec again, if `history.record.attempts` has it. A
/// stack that left the settings is removed before another one is created. Never removes a volume.
/// `observed` is of `stack_to_observe`, or the error why that could not be seen.
StackPlan plan_stack(const model::StackDesired& desired, const model::ObservedSwarm& swarm,
                     const Result<model::ObservedStack>& observed, const model::SwarmHistory& history,
                     const Redactor& redact, model::SteadyTime now);

bool is_leader(const model::ObservedSwarm& swarm);

/// What SwarmRecord::attempts keeps of the spec of a successful UpdateStackService.
std::string attempt_of(const std::string& spec);

}  // namespace dockerext::plan
