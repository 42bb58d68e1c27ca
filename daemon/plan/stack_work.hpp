#pragma once

#include "base/redactor.hpp"
#include "model/stack.hpp"
#include "model/swarm.hpp"
#include "plan/parts_work.hpp"
#include "plan/stack_spec.hpp"

#include <map>
#include <string>

namespace dockerext::plan {

/// All inputs of one plan for a stack, and the plan under construction.
struct StackWork : PartsWork {
    const model::ProjectName name;
    const model::ObservedStack& observed;
    const model::SwarmHistory& history;
    const Redactor& redact;
    const std::map<std::string, std::string>& logins;  ///< StackDesired::logins
    const bool leads;                    ///< this node is the swarm's leader, whose daemon runs the plan
    bool is_accepted = true;             ///< the swarm has every service as wanted
    bool tasks_start = false;            ///< which no event tells
    bool is_blocked_by_project = false;  ///< a network of the project's containers has a name of ours
    FileIds files{};        ///< of the model, with the names and ids in the swarm; the id is "" before that
    NetworkIds networks{};  ///< every one of the swarm

    /// Whether a service is being updated, or may be: it may go back to a spec that names other objects.
    bool updates_go_on() const;
    /// Adds a step for an object, unless its subject is held.
    void act(const model::Subject& subject, model::Operation operation, std::string object,
             std::string reason);
};

/// "stack.web", "stack.config app".
model::Subject stack_subject(const std::string& what);

/// Creates what the services need, and fills in `files` and `networks`.
void plan_stack_networks(StackWork& work, const model::Stack& stack);
void plan_stack_files(StackWork& work, const model::Stack& stack);
/// Creates and updates the services.
void plan_stack_services(StackWork& work, const model::Stack& stack);
/// Removes what carries the stack's label, is not in `stack`, and is used by no service.
void plan_stack_leftovers(StackWork& work, const model::Stack& stack);

}  // namespace dockerext::plan
