#pragma once

#include "model/desired.hpp"
#include "model/observed.hpp"

#include <functional>
#include <set>
#include <string>

/// The label config-hash: the one place that tells whether a container was made from these settings.
namespace dockerext::plan {

/// The services whose containers a container of this one refers to by id.
std::set<model::ServiceName> services_joined_by(const model::Service& service);

/// The hash that a container of the service gets; `id_of` tells the id of another service's container, ""
/// while there is none.
std::string config_hash(const model::Service& service,
                        const std::function<std::string(const model::ServiceName&)>& id_of);

/// Whether the container was made from these settings, whatever has become of it. The ids that its hash was
/// made with are those that it refers to: another container of a service that it joins is no other settings.
bool same_settings(const model::Service& service, const model::ObservedContainer& container);

}  // namespace dockerext::plan
