#pragma once

#include "base/error.hpp"
#include "model/stack.hpp"

#include <map>
#include <string>
#include <utility>

namespace dockerext::plan {

/// A name in the model → the name and the id in the swarm.
using FileIds = std::map<std::pair<model::StackFileKind, std::string>, std::pair<std::string, std::string>>;
using NetworkIds = std::map<std::string, std::string>;  ///< name → id

/// Whether the service runs the image of the model, as far as the specs tell: under the same name as written,
/// with or without the digest that the registry gave for it.
bool has_image(const model::ObservedStackService& observed, const model::StackService& service);

/// The whole ServiceSpec for a service: with the ids of its files and networks, and, where `present` runs the
/// same image, with the digest and the platforms that were found for it. `present` is null for a new service.
/// Every file of the service is in `files`.
std::string complete_spec(const model::StackService& service, const FileIds& files,
                          const NetworkIds& networks, const model::ObservedStackService* present);

}  // namespace dockerext::plan
