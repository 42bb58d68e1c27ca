#pragma once

#include "model/history.hpp"
#include "model/plan.hpp"
#include "model/status.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dockerext::plan {

/// The plan for parts of the machine, such as its engine, under construction, and the status of these parts.
struct PartsWork {
    const std::map<model::Subject, model::FailureRecord>& failure_records;
    const model::SteadyTime now;
    model::Plan plan{};
    std::vector<model::PartStatus> parts{};

    void report(std::string part, model::PartState state, std::string message = {});
    /// Marks a part as failed and holds its subject: nothing is done about it until something else changes.
    void fail_and_hold(const model::Subject& subject, model::Held::Why why, std::string reason);
    model::StepId add(model::Step step);
    void hold(const model::Subject& subject, model::Held::Why why, std::string reason,
              std::optional<model::SteadyTime> until = {});
    /// Holds a subject that failed recently and whose next attempt is not due. Returns why it failed.
    std::string backing_off(const model::Subject& subject);
    bool is_held(const model::Subject& subject) const;
    /// Sets a part's status to what is being done about it, or to why that last failed. Returns whether it
    /// may be done now.
    bool begin(const model::Subject& subject, const std::string& doing);
};

/// The subject for work on one part.
model::Subject part(std::string name);

/// "engine.config.debug, engine.options changed".
std::string reason_of(const std::vector<model::Change>& changes);

}  // namespace dockerext::plan
