#pragma once

#include "model/desired.hpp"
#include "model/history.hpp"
#include "model/observed.hpp"

#include <string>

namespace dockerext::plan {

/// How a container's state is to be taken, given what its service says about restarting (design: services).
enum class Verdict {
    running,
    starting,   ///< runs, and its health check has not decided yet
    unhealthy,  ///< runs, and its health check says no
    paused,
    restarting,  ///< the engine's policy is at work on it
    completed,   ///< ended by itself as it should; nothing to do
    failed,      ///< ended badly, and its service says to leave it
    stopped,     ///< is to be started
    broken,      ///< only a new container helps
    removing,    ///< the engine is taking it away
};

struct Judgement {
    Verdict verdict = Verdict::running;
    std::string reason;  ///< for people; "" when all is well
};

Judgement judge(const model::Service& service, const model::ObservedContainer& container,
                const model::History& history);

/// After a stop of the engine in the middle of a start, Engine 20.10 answers so to every further one (500).
bool cannot_start_again(const model::ObservedContainer& container);

/// Whether the slot's job has ended well with this configuration, though its container was removed since: it
/// is not to run again by itself. Of a service that joins another one nothing is known without a container.
bool is_completed(const model::Service& service, const model::Subject& slot, const model::Observed& observed,
                  const model::History& history);

}  // namespace dockerext::plan
