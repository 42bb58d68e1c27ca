#pragma once

#include "base/secret.hpp"
#include "engine/client.hpp"

#include <cstdint>
#include <optional>
#include <string>

/// /swarm of the Engine API. Except for init, join, unlock and leave, only a manager answers. swarm_error.hpp
/// has the kinds of the errors; none contains a token or a key.
namespace dockerext::engine {

/// The swarm that this machine is a manager of.
struct Swarm {
    std::string id;
    std::uint64_t version = 0;  ///< an update must name it
    std::string spec;           ///< JSON; an update replaces the whole of it
    Secret worker_token, manager_token;
};
/// GET /swarm.
Task<Result<Swarm>> inspect_swarm(Client& client);

/// GET /swarm/unlockkey; an empty one if the swarm is not locked after a restart.
Task<Result<Secret>> swarm_unlock_key(Client& client);

/// POST /swarm/init. A machine that is part of a swarm already counts as done: which one, GET /info tells.
/// ForceNewCluster fails on a swarm with autolock (`unavailable`; measured with 20.10 and 26.1). The engine
/// then shows the machine as inactive until its next start, as locked after that, and a join in between
/// deletes the swarm's data.
Task<Result<>> init_swarm(Client& client, std::string body);

/// POST /swarm/join. `manager` is the address in `body`, and `token` is in it, too. The engine asks a manager
/// that does not answer for 10 to 20 s, and one that refuses the token for 10 s.
Task<Result<>> join_swarm(Client& client, std::string manager, Secret body, Secret token);

/// POST /swarm/unlock. A swarm that is not locked counts as done.
Task<Result<>> unlock_swarm(Client& client, Secret key);

enum class LeaveMode { usual, forced };
/// POST /swarm/leave. A manager, and a machine whose swarm is locked, leave only if forced. A machine that is
/// part of no swarm counts as done.
Task<Result<>> leave_swarm(Client& client, LeaveMode mode);

/// What an update of the swarm replaces by a fresh one.
enum class SwarmSecret { worker_token, manager_token, unlock_key };
/// POST /swarm/update. Fails with `conflict` if `version` is not the present one.
Task<Result<>> update_swarm(Client& client, std::uint64_t version, std::string spec,
                            std::optional<SwarmSecret> rotate = std::nullopt);

}  // namespace dockerext::engine
