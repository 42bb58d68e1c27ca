#pragma once

#include "engine/client.hpp"
#include "reconcile/swarm_reconciler.hpp"
#include "report/control_server.hpp"

namespace dockerext::reconcile {

/// Answers the requests of `dockerextd swarm`: POST /v1/swarm/tokens, /v1/swarm/rotate and /v1/swarm/recover,
/// each with one or two calls of the engine. POST, because only root may see the tokens, while the socket's
/// group may send a GET.
class SwarmControl {
public:
    SwarmControl(engine::Client& client, SwarmReconciler& swarm) : client_(client), swarm_(swarm) {}

    /// The protected settings that the other machines need.
    Task<Result<report::ControlResponse>> tokens();
    /// `what`: worker, manager or unlock-key.
    Task<Result<report::ControlResponse>> rotate(std::string what);
    /// Makes this machine the only manager of the swarm, after the loss of its quorum.
    Task<Result<report::ControlResponse>> recover();

private:
    engine::Client& client_;
    SwarmReconciler& swarm_;
};

}  // namespace dockerext::reconcile
