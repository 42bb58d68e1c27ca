#pragma once

#include "model/plan.hpp"

#include <cstdint>
#include <optional>

namespace dockerext::plan {

/// Whether the plan may stop or start the engine.
bool touches_engine(const model::Plan& plan);
bool restarts_engine(const model::Plan& plan);

/// The containers that run, all of this machine's.
struct RunningContainers {
    std::int64_t count = 0;
    bool live_restore = false;  ///< they outlive a restart of dockerd
};

/// Adds to the reason of each step that changes the engine's configuration what that interrupts. `running` is
/// nullopt if the engine does not say.
void tell_interruptions(model::Plan& plan, const std::optional<RunningContainers>& running);

}  // namespace dockerext::plan
