#pragma once

#include "plan/replica.hpp"
#include "plan/slots.hpp"

#include <set>
#include <string>
#include <string_view>
#include <vector>

/// How a new version of a service replaces its containers (Compose: deploy.update_config): a few replicas at
/// a time, and no more once too many have failed.
namespace dockerext::plan {

/// What a replica waits for that has no turn yet.
constexpr std::string_view other_turns = "other replicas to be replaced";

struct Rollout {
    std::set<unsigned> turns;  ///< the replicas that are being replaced, by number
    unsigned failed = 0;  ///< replicas that keep their old container, because the new version failed there
    std::string failure;  ///< how, at the first of these
};

/// As observed, before anything is planned. `by_replica` are the containers of replica 1, 2, …
Rollout rollout_of(const Work& work, const model::Service& service,
                   const std::vector<Containers>& by_replica);

/// Whether the new version failed at more replicas than update_config allows, so that the others wait.
bool is_paused(const Rollout& rollout, const model::Service& service);

/// Whether a running container is to be replaced by one of a new version: other settings, another image.
bool is_update(const Replica& replica, const model::ObservedContainer& old);

/// All images are there before anything is touched for a new version: a running container and a job wait for
/// the images of the other services, too. What does not run, drift, and a version that comes back do not
/// wait: if an image of former settings is gone, the rest of them comes back all the same. `old` is the
/// container that is to be replaced, or null.
Need image_gate(const Replica& replica, const model::ObservedContainer* old);

/// Whether a running container is to be replaced by one of another image.
bool gets_another_image(const Replica& replica, const model::ObservedContainer& old);

/// "; …" if a failure would make the service go back, but it never does; else "".
std::string why_not_back(const Replica& replica);

/// Whether the replica may be replaced now: at once, later, or not at all. Drift is repaired at once, and so
/// is a container that does not run. A replica keeps its turn until the new version has held there, or is
/// given up.
Need take_turn(const Replica& replica, const model::ObservedContainer& old);

struct SwapOrder {
    bool starts_first = false;   ///< a successor runs beside the old container until it has held
    std::string why_stop_first;  ///< of a service that asks for start-first, if that is not possible; else ""
};
SwapOrder swap_order(const Replica& replica, const model::ObservedContainer& old);
bool starts_first(const Replica& replica, const model::ObservedContainer& old);

}  // namespace dockerext::plan
