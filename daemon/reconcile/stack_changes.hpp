#pragma once

#include "base/clock.hpp"
#include "model/plan.hpp"
#include "model/swarm.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>

namespace dockerext::reconcile {

/// What the daemon has just changed of a stack's services, by their names. SwarmKit may roll an update back,
/// and then it is not made again: hence SwarmRecord::attempts.
class StackChanges {
public:
    /// A step has succeeded. `logins`: StackDesired::logins of the plan.
    void changed(const model::Step& step, const std::map<std::string, std::string>& logins, SteadyTime now);

    /// Those of which SwarmKit may not have told yet that it updates them.
    std::set<std::string> just_changed(SteadyTime now) const;

    /// Whether a record on disk lacks some of them.
    bool are_unsaved() const noexcept { return !unsaved_.empty(); }
    void add_to(model::SwarmRecord& record) const;
    void saved() { unsaved_.clear(); }

private:
    struct Change {
        std::string attempt;               ///< plan::attempt_of its spec
        std::optional<std::string> login;  ///< StackDesired::logins of it
    };
    std::map<std::string, Change> unsaved_;
    std::map<std::string, SteadyTime> changed_at_;
};

}  // namespace dockerext::reconcile
