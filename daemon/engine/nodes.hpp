#pragma once

#include "base/json_document.hpp"
#include "engine/client.hpp"

#include <cstdint>
#include <string>

/// /nodes of the Engine API: the members of the swarm. Only a manager answers. swarm_error.hpp has the kinds
/// of the errors.
namespace dockerext::engine {

/// GET /nodes: every node.
Task<Result<JsonDocument>> list_nodes(Client& client);

struct Node {
    std::uint64_t version = 0;  ///< an update must name it
    std::string spec;           ///< JSON; an update replaces the whole of it
};
/// GET /nodes/{id}.
Task<Result<Node>> inspect_node(Client& client, std::string id);

/// POST /nodes/{id}/update. Fails with `conflict` if `version` is not the present one, or if the swarm would
/// lose its quorum, and with `not_found` if there is no such node.
Task<Result<>> update_node(Client& client, std::string id, std::uint64_t version, std::string spec);

/// DELETE /nodes/{id}. Already gone counts as done. Fails with `conflict` if the node is not down, or is a
/// manager.
Task<Result<>> remove_node(Client& client, std::string id);

}  // namespace dockerext::engine
