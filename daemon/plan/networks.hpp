#pragma once

#include "plan/work.hpp"

#include <string>

namespace dockerext::plan {

/// Plans one network that services share. A network that differs cannot be changed, only recreated under the
/// same name: every container leaves it, it is removed and created, and the containers join the new one. So a
/// replacement begins only if it can succeed as far as is known, and is rolled back if it fails.
Need provide_network(Work& work, const model::NetworkSpec& spec);

/// Explains, for display, who else uses the network, and what to do about it.
std::string why_not_removed(const model::ObservedNetwork& network);

}  // namespace dockerext::plan
