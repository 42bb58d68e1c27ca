#pragma once

#include "model/desired.hpp"
#include "model/observed.hpp"
#include "model/plan.hpp"

#include <string>
#include <vector>

namespace dockerext::plan {

/// One network that a container is to leave, join, or both: then it sits there under other names or
/// addresses.
struct Attachment {
    model::NetworkName network;
    bool leave = false;
    bool join = false;
    model::Change change;
};

/// How a replica's container sits on a network: the service's endpoint with the container's own name among
/// the aliases.
model::Endpoint endpoint_of(const model::Service& service, const model::NetworkName& network,
                            const model::ContainerName& name, const std::vector<std::string>& links);

/// What is wrong with the networks of `container`, running or not. By network id: one that was made anew is
/// another.
std::vector<Attachment> attachments(const model::Service& service, const model::ContainerName& name,
                                    const std::vector<std::string>& links,
                                    const model::ObservedContainer& container,
                                    const model::Observed& observed);

}  // namespace dockerext::plan
