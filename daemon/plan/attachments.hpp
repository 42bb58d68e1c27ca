#pragma once

#include "model/desired.hpp"
#include "model/observed.hpp"
#include "model/plan.hpp"

#include <string>
#include <vector>

namespace dockerext::plan {

/// One network that a container has to leave, join, or both. It leaves and joins again to change its aliases
/// or addresses there.
struct Attachment {
    model::NetworkName network;
    bool leave = false;
    bool join = false;
    model::Change change;
};

/// The endpoint of a replica's container on a network: the service's endpoint, with the container's own name
/// among the aliases.
model::Endpoint endpoint_of(const model::Service& service, const model::NetworkName& network,
                            const model::ContainerName& name, const std::vector<std::string>& links);

/// What has to change about the networks of `container`, running or not. Networks are compared by id: a
/// network that was recreated under the same name is a different one.
std::vector<Attachment> attachments(const model::Service& service, const model::ContainerName& name,
                                    const std::vector<std::string>& links,
                                    const model::ObservedContainer& container,
                                    const model::Observed& observed);

}  // namespace dockerext::plan
