#pragma once

#include "compose/diagnostics.hpp"
#include "compose/node.hpp"

namespace dockerext::compose {

/// Lays one document over another, as Compose does with several: maps merge, lists append, and some keys have
/// rules of their own. What cannot be laid over is a problem at the node that would have to. What !reset and
/// !override did is remembered in the result, for it may be laid over a third one.
void merge_document(Node& base, Node over, Diagnostics& diagnostics);

/// The same for a service over the one that it extends.
void merge_service(Node& base, Node over, Diagnostics& diagnostics);

/// Forgets !reset and !override, once nothing is below that they could change: what has nothing to take away
/// takes itself away. Depth is limited by the parsers.
void settle(Node& node);

}  // namespace dockerext::compose
