#pragma once

#include "model/desired.hpp"
#include "model/observed.hpp"
#include "report/counters.hpp"

#include <map>
#include <optional>

namespace dockerext::reconcile {

/// Counts the restarts of containers by the engine's own restart policy, from one snapshot to the next. What
/// the daemon starts is an action, and no restart.
class RestartTally {
public:
    /// The first snapshot is only what the others are compared with. Forgets services that are not desired.
    void snapshot_taken(const model::Observed& observed, const model::Desired& desired,
                        report::Counters& counters);

private:
    std::optional<std::map<model::ContainerId, unsigned>> last_;  ///< the engine's own counts
};

}  // namespace dockerext::reconcile
