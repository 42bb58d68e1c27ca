#pragma once

#include "compose/node.hpp"

namespace dockerext::compose {

/// Of the items in the lists of services that mean one thing (a variable, a mount's target, a port …), the
/// last one stays, in the first one's place.
void make_unique(Node::Map& services);

}  // namespace dockerext::compose
