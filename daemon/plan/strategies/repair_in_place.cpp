#include "plan/strategies/repair_in_place.hpp"

#include "plan/attachments.hpp"
#include "plan/config_hash.hpp"
#include "plan/container_steps.hpp"
#include "plan/dependencies.hpp"
#include "plan/namespaces.hpp"
#include "plan/slots.hpp"
#include "plan/strategies/restart.hpp"
#include "plan/wanted_container.hpp"

namespace dockerext::plan {

using namespace model;

namespace {

/// The limits of the service. An update does not change a limit that is absent.
UpdateContainer update_to(const ContainerSpec& want, const ContainerId& id) {
    return {.container = id,
            .memory = want.memory,
            .memory_swap = want.memory_swap,
            .memory_reservation = want.memory_reservation,
            .cpus = want.cpus,
            .cpu_shares = want.cpu_shares,
            .cpu_quota = want.cpu_quota,
            .cpu_period = want.cpu_period,
            .cpuset = want.cpuset,
            .pids_limit = want.pids_limit,
            .restart = want.restart};
}

std::optional<StepId> start_in_place(const Replica& replica, const ObservedContainer& container,
                                     const Judgement& judgement, const Chain& chain) {
    Need last = ready_to_start(replica, StartOf::present_version);
    if (last.refused.empty()) {
        last.after.insert(last.after.end(), chain.last.begin(), chain.last.end());
        return start(replica, container.id, next_start(container), judgement.reason, last,
                     {state_change(container)});
    }
    hold(replica, last.why, last.refused);
    return {};
}

/// When containers of the project have swapped names, each is first renamed to a temporary name, which frees
/// the others.
void rename(const Replica& replica, const ObservedContainer& container, Chain& chain) {
    if (replica.work.observed.foreign_names.contains(replica.name)) {
        return hold(replica, Held::Why::conflict,
                    "its name " + replica.name.value + " is taken by a container that is not managed here");
    }
    const ContainerName temporary = temporary_name(container.id, replica.name);
    const bool taken = replica.work.is_taken(replica.name);
    if (taken && container.name != temporary) {
        chain.add(step(replica, RenameContainer{container.id, temporary},
                       "renamed, and another container has its name",
                       {{"name", container.name.value, temporary.value}}));
    } else {
        Chain rename_chain = taken ? Chain{replica.work} : chain;  // only the rename waits for the name
        rename_chain.add(step(replica, RenameContainer{container.id, replica.name}, "renamed",
                              {{"name", container.name.value, replica.name.value}}),
                         {.waits_for = taken ? "the name " + replica.name.value + " to be free" : ""});
        if (!taken) chain.last = rename_chain.last;
    }
}

void reconnect(const Replica& replica, const ObservedContainer& container,
               const std::vector<Attachment>& moves, Chain& chain) {
    const std::string reason = "networks changed";
    for (const Attachment& move : moves) {
        const Need& network = replica.resources.network(move.network);
        if (!network.refused.empty()) {
            hold(replica, network.why, network.refused);
            continue;
        }
        if (move.leave)
            chain.add(step(replica, DisconnectNetwork{container.id, move.network}, reason, {move.change}),
                      move.join ? network : Need{});
        if (!move.join) continue;
        const Endpoint endpoint = endpoint_of(replica.service, move.network, replica.name, links(replica));
        Step join =
            step(replica, ConnectNetwork{container.id, move.network, endpoint}, reason, {move.change});
        join.restores = move.leave;
        chain.add(std::move(join), network);
    }
}

/// What differs in a container that stays.
struct Drift {
    bool renamed = false;
    std::vector<Attachment> moves;
    std::optional<StaleNamespace> stale_namespace;
    std::string restart_reason;
};

void report_drift(const Replica& replica, const ObservedContainer& container, const Judgement& judgement,
                  const Drift& drift, std::vector<Change> changes) {
    if (drift.stale_namespace) changes.push_back(drift.stale_namespace->change);
    for (const Attachment& move : drift.moves) changes.push_back(move.change);
    if (container.name != replica.name) changes.push_back({"name", container.name.value, replica.name.value});
    const std::string fields = changes.empty() ? drift.restart_reason : fields_of(changes);
    hold(replica, Held::Why::policy,
         "drift reported, not repaired (reconcile.drift): " +
             (judgement.reason.empty() ? fields : judgement.reason));
}

Drift drift_of(const Replica& replica, const ObservedContainer& container, const Judgement& judgement) {
    const auto frozen = [&](const Change& change) {
        return replica.work.frozen(replica.subject, replica.service.name, change);
    };
    Drift drift;
    drift.renamed = container.name != replica.name && !is_unproven(replica, container) &&
                    !frozen({"name", container.name.value, replica.name.value});
    drift.moves =
        attachments(replica.service, replica.name, links(replica), container, replica.work.observed);
    std::erase_if(drift.moves, [&](const Attachment& move) { return frozen(move.change); });
    drift.stale_namespace = find_stale_namespace(replica.work, container);
    drift.restart_reason = reason_to_restart(replica, container, judgement, drift.stale_namespace);
    return drift;
}

/// Repairs name, networks, limits and state, in an order in which each step can succeed. Returns the step
/// that completes a start, if there is one.
std::optional<StepId> add_repairs(const Replica& replica, const ObservedContainer& container,
                                  const Judgement& judgement, const Drift& drift,
                                  const std::vector<Change>& limits) {
    Chain chain{replica.work};
    if (judgement.verdict == Verdict::paused)
        chain.add(step(replica, UnpauseContainer{container.id}, judgement.reason, {state_change(container)}));
    if (drift.renamed) rename(replica, container, chain);
    reconnect(replica, container, drift.moves, chain);
    if (!limits.empty()) {
        chain.add(step(replica, update_to(replica.service.container, container.id),
                       fields_of(limits) + " changed", limits));
    }
    if (judgement.verdict == Verdict::stopped) return start_in_place(replica, container, judgement, chain);
    if (!drift.restart_reason.empty())
        return restart(replica, container, drift.restart_reason, drift.stale_namespace, chain);
    const std::span<const Hook> pending = pending_hooks(replica, container);
    if (pending.empty()) return {};
    const Need last =
        run_hooks(replica, container.id, pending, RunHook::When::post_start, {.after = chain.last});
    return last.after.back();
}

std::optional<StepId> repair(const Replica& replica, const ObservedContainer& container,
                             const Judgement& judgement, const std::vector<Difference>& limits) {
    const Drift drift = drift_of(replica, container, judgement);
    const bool is_down = judgement.verdict == Verdict::stopped || judgement.verdict == Verdict::paused;
    const bool drifted =
        drift.renamed || !drift.moves.empty() || !limits.empty() || !drift.restart_reason.empty() || is_down;
    if (judgement.verdict == Verdict::failed) hold(replica, Held::Why::failed, judgement.reason);
    if (!drifted && pending_hooks(replica, container).empty()) return {};
    std::vector<Change> changes = changes_of(limits);
    const bool only_reports =
        drifted && !replica.work.desired.policy.repair && matches_config_hash(replica.service, container);
    const bool is_asked = is_restart_asked(replica, container);  // which is no drift
    if (only_reports && !is_asked) {
        report_drift(replica, container, judgement, drift, std::move(changes));
        return {};
    }
    if (replica.work.backing_off(replica.subject, replica.service.name)) return {};
    if (only_reports) return restart(replica, container, drift.restart_reason, {}, Chain{replica.work});
    return add_repairs(replica, container, judgement, drift, changes);
}

}  // namespace

void repair_in_place(const Replica& replica, const ObservedContainer& container, const Judgement& judgement,
                     const std::vector<Difference>& drift) {
    if (const auto start = repair(replica, container, judgement, drift))
        return mark_will_start(replica, *start);
    const bool rests = judgement.verdict == Verdict::failed || judgement.verdict == Verdict::completed;
    if (rests)
        (void)storage_and_networks(replica.resources, replica.service);  // nobody could start it without them
    mark_ended(replica, judgement);  // otherwise a new container takes its place, and may run
    const bool is_up = judgement.verdict != Verdict::stopped && judgement.verdict != Verdict::broken &&
                       pending_hooks(replica, container).empty();
    if (!is_up) mark_will_not_start(replica);
}

}  // namespace dockerext::plan
