#include "plan/strategies/finish_replacement.hpp"

#include "plan/container_steps.hpp"
#include "plan/rollout.hpp"

namespace dockerext::plan {

using namespace model;

void finish_replacement(const Replica& replica, const ObservedContainer& old,
                        const ObservedContainer& successor) {
    if (replica.work.backing_off(replica.subject, replica.service.name)) return;
    const std::string reason = "the new container is up";
    Need previous;
    if (successor.state == ContainerState::paused) {
        (void)replica.work.add(step(replica, UnpauseContainer{successor.id}, "paused manually"));
        previous.waits_for = "the new container to run";
    } else if (successor.health == Health::starting) {
        previous.waits_for = "the new container to be healthy";
    }
    previous = run_hooks(replica, successor.id, pending_hooks(replica, successor), RunHook::When::post_start,
                         previous);
    Need held;
    if (is_unproven(replica, successor)) {
        const UnprovenRun& run = replica.work.history.unproven.at(successor.id);
        held.waits_for = "the new container to stay up for " + seconds_of(run);
    }
    hold_unproven(replica, successor);
    if (starts_first(replica, old)) join(previous, held);
    if (is_alive(old)) previous.after = {stop(replica, old, reason, previous)};
    join(previous, held);
    previous.after = {replica.work.add(step(replica, RemoveContainer{old.id}, reason), previous)};
    (void)replica.work.add(step(replica, RenameContainer{successor.id, replica.name}, reason,
                                {{"name", successor.name.value, replica.name.value}}),
                           previous);
}

}  // namespace dockerext::plan
