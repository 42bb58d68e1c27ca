// The part of ServicePlanner that puts a container right without replacing it: its id stays.
#include "plan/attachments.hpp"
#include "plan/config_hash.hpp"
#include "plan/differences.hpp"
#include "plan/namespaces.hpp"
#include "plan/service_planner.hpp"

namespace dockerext::plan {

using namespace model;

namespace {

std::string changed_fields(const std::vector<Change>& changes) {
    std::string fields;
    for (const Change& change : changes) fields += (fields.empty() ? "" : ", ") + change.field;
    return fields;
}

/// The limits of the service; the engine takes 0 for "leave it", and swap goes with memory.
UpdateContainer update_to(const ContainerSpec& want, const ContainerId& id) {
    const Bytes swap = want.memory_swap.count != 0 ? want.memory_swap : Bytes{2 * want.memory.count};
    return {.container = id,
            .memory = want.memory,
            .memory_swap = swap,
            .memory_reservation = want.memory_reservation,
            .nano_cpus = want.nano_cpus,
            .cpu_shares = want.cpu_shares,
            .cpu_quota = want.cpu_quota,
            .cpu_period = want.cpu_period,
            .cpuset = want.cpuset,
            .pids_limit = want.pids_limit,
            .restart = want.restart};
}

}  // namespace

/// Name, networks, limits and state, in an order that lets each succeed.
std::optional<StepId> ServicePlanner::keep(const Place& place, const ObservedContainer& container,
                                           const Judgement& judgement, const std::vector<Difference>& wrong) {
    const auto frozen = [&](const Change& change) {
        return work_.frozen(place.subject, place.service.name, change);
    };
    const bool renamed = container.name != place.name && !is_unproven(container) &&
                         !frozen({"name", container.name.value, place.name.value});
    auto moves = attachments(place.service, place.name, links(place.service), container, work_.observed);
    std::erase_if(moves, [&](const Attachment& move) { return frozen(move.change); });
    const auto left_behind = stranded(work_, container);
    const std::string restarts = reason_to_restart(container, judgement, left_behind);
    const bool start = judgement.verdict == Verdict::stopped;
    const bool unpause = judgement.verdict == Verdict::paused;
    const bool drifted = renamed || !moves.empty() || !wrong.empty() || !restarts.empty() || start || unpause;
    const std::span<const Hook> owed = owed_hooks(place, container);
    if (judgement.verdict == Verdict::failed) hold(place, Held::Why::failed, judgement.reason);
    if (!drifted && owed.empty()) return {};
    std::vector<Change> changes = changes_of(wrong);
    if (drifted && !work_.desired.policy.repair && same_settings(place.service, container)) {
        if (left_behind) changes.push_back(left_behind->change);
        report_drift(place, container, judgement, moves, std::move(changes));
        return {};
    }
    if (work_.backing_off(place.subject, place.service.name)) return {};

    Chain chain{work_};
    if (unpause)
        chain.add(step(place, UnpauseContainer{container.id}, judgement.reason, {state_change(container)}));
    if (renamed) rename(place, container, chain);
    reconnect(place, container, moves, chain);
    if (!wrong.empty()) {
        chain.add(step(place, update_to(place.service.container, container.id),
                       changed_fields(changes) + " changed", changes));
    }
    if (start) return start_kept(place, container, judgement, chain);
    if (!restarts.empty()) return restart(place, container, restarts, left_behind, chain);
    if (owed.empty()) return {};
    const Need last = run_hooks(place, container.id, owed, RunHook::When::post_start, {.after = chain.last});
    return last.after.back();
}

std::string ServicePlanner::reason_to_restart(const ObservedContainer& container, const Judgement& judgement,
                                              const std::optional<Stranded>& left_behind) const {
    if (judgement.verdict == Verdict::unhealthy && work_.desired.policy.restart_unhealthy)
        return judgement.reason;
    if (left_behind) return left_behind->reason;
    const bool asked = work_.history.restart_wanted.contains(container.id);
    return asked && container.state == ContainerState::running ? "a service that it depends on was recreated"
                                                               : "";
}

/// As Compose does it; but what is unhealthy may be past running a command, and is to be restarted all the
/// same.
StepId ServicePlanner::restart(const Place& place, const ObservedContainer& container,
                               const std::string& reason, const std::optional<Stranded>& left_behind,
                               const Chain& chain) {
    RestartContainer operation{container.id, grace_of(container)};
    std::vector<Change> changes;
    if (left_behind) {
        operation.follows = left_behind->owner_started;
        changes.push_back(left_behind->change);
    } else if (const auto wanted = work_.history.restart_wanted.find(container.id);
               wanted != work_.history.restart_wanted.end()) {
        operation.follows = wanted->second;
    }
    std::span<const Hook> before(place.service.pre_stop);
    if (container.health == Health::unhealthy) before = {};
    const Need ready = run_hooks(place, container.id, before, RunHook::When::pre_stop, {.after = chain.last});
    const StepId restarted = work_.add(step(place, std::move(operation), reason, std::move(changes)), ready);
    const Need last = run_hooks(place, container.id, place.service.post_start, RunHook::When::post_start,
                                {.after = {restarted}});
    return last.after.back();
}

void ServicePlanner::report_drift(const Place& place, const ObservedContainer& container,
                                  const Judgement& judgement, const std::vector<Attachment>& moves,
                                  std::vector<Change> drift) {
    for (const Attachment& move : moves) drift.push_back(move.change);
    if (container.name != place.name) drift.push_back({"name", container.name.value, place.name.value});
    hold(place, Held::Why::policy,
         "drift reported, not repaired (reconcile.drift): " +
             (judgement.reason.empty() ? changed_fields(drift) : judgement.reason));
}

std::optional<StepId> ServicePlanner::start_kept(const Place& place, const ObservedContainer& container,
                                                 const Judgement& judgement, const Chain& chain) {
    Need last = ready_to_start(place.service);
    if (last.refused.empty()) {
        last.after.insert(last.after.end(), chain.last.begin(), chain.last.end());
        const bool first = container.state == ContainerState::created;
        return start(place, container.id, first, judgement.reason, last, {state_change(container)});
    }
    hold(place, last.why, last.refused);
    return {};
}

/// Names that were swapped among ours come free when each steps aside first.
void ServicePlanner::rename(const Place& place, const ObservedContainer& container, Chain& chain) {
    if (work_.observed.foreign_names.contains(place.name)) {
        return hold(place, Held::Why::conflict,
                    "its name " + place.name.value + " is taken by a container that is not managed here");
    }
    const ContainerName aside{container.id.value.substr(0, 12) + "_" + place.name.value};
    const bool taken = is_taken(place.name);
    if (taken && container.name != aside) {
        chain.add(step(place, RenameContainer{container.id, aside},
                       "renamed, and another container has its name",
                       {{"name", container.name.value, aside.value}}));
    } else {
        Chain apart = taken ? Chain{work_} : chain;  // the wait is for the name only
        apart.add(step(place, RenameContainer{container.id, place.name}, "renamed",
                       {{"name", container.name.value, place.name.value}}),
                  {.waits_for = taken ? "the name " + place.name.value + " to be free" : ""});
        if (!taken) chain.last = apart.last;
    }
}

void ServicePlanner::reconnect(const Place& place, const ObservedContainer& container,
                               const std::vector<Attachment>& moves, Chain& chain) {
    const std::string reason = "networks changed";
    for (const Attachment& move : moves) {
        const Need& network = resources_.network(move.network);
        if (!network.refused.empty()) {
            hold(place, network.why, network.refused);
            continue;
        }
        if (move.leave)
            chain.add(step(place, DisconnectNetwork{container.id, move.network}, reason, {move.change}),
                      move.join ? network : Need{});
        if (!move.join) continue;
        const Endpoint endpoint = endpoint_of(place.service, move.network, place.name, links(place.service));
        Step join = step(place, ConnectNetwork{container.id, move.network, endpoint}, reason, {move.change});
        join.restores = move.leave;
        chain.add(std::move(join), network);
    }
}

bool ServicePlanner::is_taken(const ContainerName& name) {
    if (names_.empty()) {
        for (const auto& [id, container] : work_.observed.containers) names_.insert(container.name);
    }
    return names_.contains(name);
}

}  // namespace dockerext::plan
