#pragma once

#include "model/plan.hpp"

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace dockerext::plan {

/// Whether a step has what it needs: now (no member set), after other steps of this plan, later, or not at
/// all.
struct Need {
    std::vector<model::StepId> after;
    std::string waits_for;                            ///< the condition it waits for; a later plan continues
    std::string refused;                              ///< why it is not available; holds whatever needs it
    model::Held::Why why = model::Held::Why::failed;  ///< the category of `refused`
};

/// All inputs of one plan, and the plan under construction.
struct Work {
    const model::Desired& desired;
    const model::Observed& observed;
    const model::History& history;
    const model::SteadyTime now;
    model::Plan plan{};
    std::set<model::ContainerName> names{};       ///< of all containers; empty until `is_taken` needs them
    Need images{};                                ///< what new versions wait for (`image_gate`)
    std::set<model::ServiceName> awaited_jobs{};  ///< others wait for their completion, such as migrations
    bool has_updates = false;  ///< a running container is to be replaced by one of a new version

    /// Adds a step with its need. A step after a waiting one waits as well.
    model::StepId add(model::Step step, const Need& need = {});
    void hold(model::Held held);
    /// Holds `subject` if it failed recently and its next attempt is not due.
    bool backing_off(const model::Subject& subject, const std::optional<model::ServiceName>& service);
    /// Holds `subject` for a field that drifted again after two repairs in a row.
    bool frozen(const model::Subject& subject, const std::optional<model::ServiceName>& service,
                const model::Change& change);
    /// The failed rollout of the slot's container, or of the network, if it is not tried again; else null.
    const model::FailedRollout* given_up(const model::Subject& subject) const;
    bool busy(const model::Subject& subject) const { return history.busy.contains(subject); }
    /// Whether a container of this project has that name.
    bool is_taken(const model::ContainerName& name);
    /// Refused when the state of the object is unknown, so that it may be present or absent.
    Need known(const model::Subject& subject) const;
    /// Holds every subject whose state is unknown, unless another hold covers it.
    void hold_unknown();
};

/// Adds the needs in `more` to `need`.
void join(Need& need, const Need& more);

}  // namespace dockerext::plan
