#pragma once

#include "plan/replica.hpp"

/// What a container needs before it is created, and before it is started.
namespace dockerext::plan {

/// Networks and volumes of the service.
Need storage_and_networks(Resources& resources, const model::Service& service);

/// To be created: image, networks, volumes, and the containers that it joins.
Need needs(const Replica& replica);

/// What is started. A new container starts after jobs of the wanted version (a migration); one that replaces
/// another also after everything else that it depends on has been replaced and has held; but drift is
/// repaired, and what does not run is replaced, without that. A container that was started before starts
/// again as it is, also while a rollout fails: otherwise a bad version would prevent repairs.
enum class StartOf { creation, replacement, present_version };

/// For the versions of the services that it depends on.
Need update_gate(const Replica& replica, StartOf start);

/// To be started: the services that it depends on (Compose: depends_on), and the update gate.
Need gate(const Replica& replica, StartOf start);

/// To be started, for an existing container: the same, and its networks, which may have been removed since it
/// was created.
Need ready_to_start(const Replica& replica, StartOf start);

}  // namespace dockerext::plan
