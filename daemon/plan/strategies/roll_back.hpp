#pragma once

#include "plan/replica.hpp"

#include <string>

namespace dockerext::plan {

/// Why the successor cannot take over, for display; "" if it still may.
std::string failure_of(const model::ObservedContainer& old, const model::ObservedContainer& successor,
                       const Judgement& judgement, const model::History& history);

/// For a successor that failed, or that nobody wants any more. The old container is started before the
/// successor is removed, so that a crash in between loses nothing.
void roll_back(const Replica& replica, const model::ObservedContainer& old,
               const model::ObservedContainer& successor, const std::string& reason);

/// The same for a successor that failed: holds the replica, and tells its dependents how the successor ended.
void roll_back_failed(const Replica& replica, const model::ObservedContainer& old,
                      const model::ObservedContainer& successor, const Judgement& judgement,
                      const std::string& failure);

}  // namespace dockerext::plan
