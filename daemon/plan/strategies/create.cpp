#include "plan/strategies/create.hpp"

#include "plan/container_steps.hpp"
#include "plan/dependencies.hpp"
#include "plan/rollout.hpp"

namespace dockerext::plan {

using namespace model;

void create(const Replica& replica) {
    if (is_completed(replica.service, replica.subject, replica.work.observed, replica.work.history)) {
        (void)storage_and_networks(replica.resources,
                                   replica.service);  // as for a job whose container exists
        return remains_completed(replica);
    }
    Need need = needs(replica);
    const auto taken = replica.work.observed.foreign_names.find(replica.name);
    if (!need.refused.empty()) {
        hold(replica, need.why, need.refused);
        return mark_will_not_start(replica);
    }
    if (taken != replica.work.observed.foreign_names.end()) {
        hold(replica, Held::Why::conflict,
             "the name " + replica.name.value + " is taken by a container that is not managed here (" +
                 taken->second.value.substr(0, 12) + "); rename or remove it");
        return mark_will_not_start(replica);
    }
    if (replica.work.backing_off(replica.subject, replica.service.name)) return mark_will_not_start(replica);
    if (replica.work.is_taken(replica.name))
        join(need, {.waits_for = "the name " + replica.name.value + " to be free"});
    join(need, image_gate(replica, nullptr));
    const StepId made = add_create_steps(replica, nullptr, "not found", {}, need);
    Need ready = gate(replica, StartOf::creation);
    if (!ready.refused.empty()) {
        hold(replica, ready.why, ready.refused);
        return mark_will_not_start(replica);
    }
    ready.after.push_back(replica.work.plan.steps.size() - 1);  // created, and connected to all its networks
    mark_will_start(replica, start(replica, made, StartKind::first, "not found", ready));
}

}  // namespace dockerext::plan
