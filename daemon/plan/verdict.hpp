#pragma once

#include "model/desired.hpp"
#include "model/history.hpp"
#include "model/observed.hpp"

#include <string>

namespace dockerext::plan {

/// What a container's state means, given its service's restart policy (design: services).
enum class Verdict {
    running,
    starting,   ///< runs, and its health check has no result yet
    unhealthy,  ///< runs, and its health check fails
    paused,
    restarting,  ///< the engine is restarting it under its restart policy
    completed,   ///< ended by itself as intended; nothing to do
    failed,      ///< ended badly, and its service says not to restart it
    stopped,     ///< has to be started
    broken,      ///< only a new container helps
    removing,    ///< the engine is removing it
};

struct Judgement {
    Verdict verdict = Verdict::running;
    std::string reason;  ///< for people; "" when all is well
};

Judgement judge(const model::Service& service, const model::ObservedContainer& container,
                const model::History& history);

/// Whether the container's error is the one that Engine 20.10 returns for every further start (500) after the
/// engine was stopped in the middle of a start.
bool cannot_start_again(const model::ObservedContainer& container);

/// Whether the slot's job completed with this configuration, and its container was removed since: the job
/// does not run again by itself. Always false for a service that joins another one, since its configuration
/// is unknown without a container.
bool is_completed(const model::Service& service, const model::Subject& slot, const model::Observed& observed,
                  const model::History& history);

}  // namespace dockerext::plan
