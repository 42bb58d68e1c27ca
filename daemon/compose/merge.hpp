#pragma once

#include "compose/node.hpp"
#include "compose/report.hpp"

namespace dockerext::compose {

/// Lays one document over another, as Compose does with several: maps merge, lists append, and some keys have
/// rules of their own. What cannot be laid over is a problem at the node that would have to.
void merge_document(Node& base, Node over, Report& report);

/// The same for a service over the one that it extends.
void merge_service(Node& base, Node over, Report& report);

}  // namespace dockerext::compose
