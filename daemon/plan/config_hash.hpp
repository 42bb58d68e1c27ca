#pragma once

#include "model/desired.hpp"
#include "model/observed.hpp"

#include <functional>
#include <set>
#include <string>

/// The label config-hash: the only place that decides whether a container was created from these settings.
namespace dockerext::plan {

/// The services to whose containers a container of this service refers by id.
std::set<model::ServiceName> services_joined_by(const model::Service& service);

/// The hash for a container of the service. `id_of` returns the id of another service's container, "" if it
/// has no container.
std::string config_hash(const model::Service& service,
                        const std::function<std::string(const model::ServiceName&)>& id_of);

/// Whether the container was created from these settings, whatever happened to it since. The hash is computed
/// with the ids that the container itself refers to: when a joined service gets a new container, the settings
/// are still the same.
bool matches_config_hash(const model::Service& service, const model::ObservedContainer& container);

}  // namespace dockerext::plan
