#pragma once

#include "compose/node.hpp"

namespace dockerext::compose {

/// Of the items in a service's lists that mean one thing (a variable, a mount's target, a port …), the last
/// one stays, in the first one's place: as Compose has it where services were merged.
void make_unique(Node& service);

}  // namespace dockerext::compose
