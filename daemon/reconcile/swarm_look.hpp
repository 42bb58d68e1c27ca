#pragma once

#include "base/clock.hpp"
#include "base/redactor.hpp"
#include "base/task.hpp"
#include "engine/client.hpp"
#include "model/settings.hpp"
#include "model/stack.hpp"
#include "model/swarm.hpp"
#include "plan/swarm_planner.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// One look at the swarm and its stack, and the plan that it leads to.
namespace dockerext::reconcile {

/// What the settings ask for.
struct SwarmWish {
    std::optional<model::SwarmDesired> swarm;
    model::StackDesired stack;
    Redactor redact;
};

struct SwarmLook {
    model::ObservedSwarm swarm;
    /// Of plan::stack_to_observe; empty if there is none.
    Result<model::ObservedStack> stack;
};
Task<Result<SwarmLook>> look_at_swarm(engine::Client& client, SwarmWish wish, model::SwarmRecord record);

/// The plans for the machine's place in the swarm and for the stack as one.
struct SwarmDecision : plan::SwarmPlan {
    bool replaces_project = false, tasks_start = false;  ///< as in plan::StackPlan
};
/// Pure, but for the time. Secrets are hidden in the result.
SwarmDecision decide_swarm(const SwarmWish& wish, const SwarmLook& look, const model::SwarmHistory& past);

constexpr Duration full_check_of_swarm = std::chrono::minutes(5);
/// When the next look is due, unless an event reports a change before.
SteadyTime next_look(const SwarmDecision& decision, SteadyTime now);

/// StackDesired::logins.
std::map<std::string, std::string> login_digests(const model::Stack& stack,
                                                 const std::vector<model::RegistryLogin>& logins);

}  // namespace dockerext::reconcile
