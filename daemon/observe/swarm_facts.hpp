#pragma once

#include "base/json_cursor.hpp"
#include "model/swarm.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace dockerext::observe {

/// GET /info → what the engine says about its swarm; everything else of ObservedSwarm stays empty. Equal
/// states read as equal, though the engine lists managers in any order.
Result<model::ObservedSwarm> read_swarm(const JsonCursor& info);

/// GET /nodes.
Result<std::vector<model::ObservedNode>> read_nodes(const JsonCursor& list);

/// The digest of a swarm's root certificates in a join token: SHA-256 of the PEM text as it is, in base 36,
/// with leading zeros (swarmkit, ca/config.go: GenerateJoinToken).
std::string token_digest(std::string_view certificates);

}  // namespace dockerext::observe
