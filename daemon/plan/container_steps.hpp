#pragma once

#include "plan/replica.hpp"

#include <span>
#include <string>
#include <utility>
#include <vector>

/// The steps that strategies are made of.
namespace dockerext::plan {

/// A step on the replica's container, not added to the plan yet.
model::Step step(const Replica& replica, model::Operation operation, std::string reason,
                 std::vector<model::Change> changes = {});

/// Steps on one container, each after the previous one.
struct Chain {
    Work& work;
    std::vector<model::StepId> last{};

    model::StepId add(model::Step step, Need need = {}) {
        need.after.insert(need.after.end(), last.begin(), last.end());
        last = {work.add(std::move(step), need)};
        return last.front();
    }
};

/// Creates a container: the replica's, or the successor of `old`. The last step of the plan is then the one
/// after which it is complete; returns the step that creates it.
model::StepId add_create_steps(const Replica& replica, const model::ObservedContainer* old,
                               const std::string& reason, std::vector<model::Change> changes,
                               const Need& need);

enum class StartKind { first, repeated };
StartKind next_start(const model::ObservedContainer& container);
/// Starts the container, with the steps that precede a first start and those that follow every start. Returns
/// the last one.
model::StepId start(const Replica& replica, const model::ContainerRef& container, StartKind kind,
                    const std::string& reason, Need need, std::vector<model::Change> changes = {});

/// Stops the container, after its pre_stop hooks.
model::StepId stop(const Replica& replica, const model::ObservedContainer& container,
                   const std::string& reason, const Need& need);

/// The post_start hooks that have not succeeded since the daemon started the container.
std::span<const model::Hook> pending_hooks(const Replica& replica, const model::ObservedContainer& container);

/// Adds one step for each hook, each after the previous one and the first after `previous`. The result is the
/// need of the step that follows.
Need run_hooks(const Replica& replica, const model::ContainerRef& container,
               std::span<const model::Hook> hooks, model::RunHook::When when, Need previous);

}  // namespace dockerext::plan
