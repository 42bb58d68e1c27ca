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

}  // namespace dockerext::plan
