#pragma once

#include "model/stack.hpp"
#include "plan/stack_planner.hpp"

#include <string>

namespace dockerext::test {

/// A service with a config, a secret, a network and two replicas.
model::StackService stack_service(const std::string& name, const std::string& image,
                                  const std::string& variable);

/// A ServiceSpec changed by a merge patch.
std::string with(const std::string& spec, const std::string& patch);

/// A swarm that does what a plan says, at once, and runs every task. The settings ask for the stack demo with
/// the service web.
struct StackWorld {
    StackWorld();

    plan::StackPlan plan() const;
    std::string plan_text() const;
    /// "stack.web ok: 2 of 2 tasks run", line by line.
    std::string parts() const;
    /// Takes the steps that can be taken. Returns "create network demo_default, create config demo_app".
    std::string step();
    /// Until nothing is left to do.
    void converge();
    model::ObservedStackService& service() { return observed.services.at("demo_web"); }

    model::StackDesired desired;
    model::ObservedSwarm swarm;
    model::ObservedStack observed;
    model::SwarmHistory history;
    Redactor redact;

private:
    void take(const model::Operation& operation);
    std::string new_id(const std::string& kind) { return kind + std::to_string(++objects_) + "id"; }
    unsigned objects_ = 0;
};

}  // namespace dockerext::test
