#pragma once

#include "compose/diagnostics.hpp"
#include "compose/node.hpp"

namespace dockerext::compose {

/// Merges `over` over `base`, as Compose does with several documents: maps merge, lists append, and some keys
/// have their own rules. A node that cannot be merged is a problem at that node. The result keeps !reset and
/// !override marks, because it may be merged over a third document.
void merge_document(Node& base, Node over, Diagnostics& diagnostics);

/// The same for a service and the one that it extends.
void merge_service(Node& base, Node over, Diagnostics& diagnostics);

/// Removes the !reset and !override marks, once there is nothing left below that they could change. Removes
/// !reset nodes as well. The parsers limit the depth.
void clear_merge_marks(Node& node);

}  // namespace dockerext::compose
