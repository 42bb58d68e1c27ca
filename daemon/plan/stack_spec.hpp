#pragma once

#include "base/json_document.hpp"
#include "model/stack.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace dockerext::plan {

/// A name in the model → the name and the id in the swarm.
using FileIds = std::map<std::pair<model::StackFileKind, std::string>, std::pair<std::string, std::string>>;
using NetworkIds = std::map<std::string, std::string>;  ///< name → id

/// Of a text that this program or the engine made, and that was parsed before.
JsonDocument parse_spec(const std::string& spec);

/// The networks of a ServiceSpec, as it refers to them: by name or id.
std::vector<std::string> networks_of(const JsonCursor& spec);

struct CompleteService {
    std::string spec;  ///< the whole ServiceSpec
    /// The service runs the image of the model, as far as the specs tell: under the same name as written,
    /// with or without the digest that the registry gave for it.
    bool has_image = false;
};
/// `wanted`, the spec of `service`, with the ids of its files and networks, and, where `present` has the same
/// image, with the digest and the platforms that were found for it. `present` is the spec that the service
/// has, null for a new one. Every file of the service is in `files`.
CompleteService complete_service(const model::StackService& service, const JsonCursor& wanted,
                                 const FileIds& files, const NetworkIds& networks, const JsonCursor* present);

}  // namespace dockerext::plan
