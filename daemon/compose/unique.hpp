#pragma once

#include "compose/node.hpp"

namespace dockerext::compose {

/// Removes duplicates from the lists of services. Of several items about the same thing (a variable, a
/// mount's target, a port …), the last one stays, at the position of the first.
void make_unique(Node::Map& services);

}  // namespace dockerext::compose
