#pragma once

#include "plan/replica.hpp"

/// What a container needs before it is created, and before it is started.
namespace dockerext::plan {

/// Networks and volumes of the service.
Need storage_and_networks(Resources& resources, const model::Service& service);

/// To be created: image, networks, volumes, and the containers that it joins.
Need needs(const Replica& replica);

/// A container of the wanted version starts after jobs of the wanted version. One that was started before
/// starts again as it is, also while a rollout fails: otherwise a bad version would prevent repairs.
enum class StartOf { new_version, present_version };

/// To be started: the services that it depends on (Compose: depends_on).
Need gate(const Replica& replica, StartOf start);

/// To be started, for an existing container: the same, and its networks, which may have been removed since it
/// was created.
Need ready_to_start(const Replica& replica, StartOf start);

}  // namespace dockerext::plan
