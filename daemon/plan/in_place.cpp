// The part of ServicePlanner that repairs a container in place: its id stays the same.
#include "plan/attachments.hpp"
#include "plan/config_hash.hpp"
#include "plan/differences.hpp"
#include "plan/namespaces.hpp"
#include "plan/service_planner.hpp"

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

}  // namespace

/// Repairs name, networks, limits and state, in an order in which each step can succeed.
std::optional<StepId> ServicePlanner::keep(const Replica& replica, const ObservedContainer& container,
                                           const Judgement& judgement, const std::vector<Difference>& wrong) {
    const auto frozen = [&](const Change& change) {
        return work_.frozen(replica.subject, replica.service.name, change);
    };
    const bool renamed = container.name != replica.name && !is_unproven(container) &&
                         !frozen({"name", container.name.value, replica.name.value});
    auto moves =
        attachments(replica.service, replica.name, links(replica.service), container, work_.observed);
    std::erase_if(moves, [&](const Attachment& move) { return frozen(move.change); });
    const auto left_behind = stranded(work_, container);
    const std::string restarts = reason_to_restart(container, judgement, left_behind);
    const bool start = judgement.verdict == Verdict::stopped;
    const bool unpause = judgement.verdict == Verdict::paused;
    const bool drifted = renamed || !moves.empty() || !wrong.empty() || !restarts.empty() || start || unpause;
    const std::span<const Hook> owed = owed_hooks(replica, container);
    if (judgement.verdict == Verdict::failed) hold(replica, Held::Why::failed, judgement.reason);
    if (!drifted && owed.empty()) return {};
    std::vector<Change> changes = changes_of(wrong);
    if (drifted && !work_.desired.policy.repair && same_settings(replica.service, container)) {
        if (left_behind) changes.push_back(left_behind->change);
        report_drift(replica, container, judgement, moves, std::move(changes));
        return {};
    }
    if (work_.backing_off(replica.subject, replica.service.name)) return {};

    Chain chain{work_};
    if (unpause)
        chain.add(step(replica, UnpauseContainer{container.id}, judgement.reason, {state_change(container)}));
    if (renamed) rename(replica, container, chain);
    reconnect(replica, container, moves, chain);
    if (!wrong.empty()) {
        chain.add(step(replica, update_to(replica.service.container, container.id),
                       fields_of(changes) + " changed", changes));
    }
    if (start) return start_kept(replica, container, judgement, chain);
    if (!restarts.empty()) return restart(replica, container, restarts, left_behind, chain);
    if (owed.empty()) return {};
    const Need last =
        run_hooks(replica, container.id, owed, RunHook::When::post_start, {.after = chain.last});
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

/// Restarts as Compose does. An unhealthy container may be unable to run its hook, and is restarted all the
/// same.
StepId ServicePlanner::restart(const Replica& replica, const ObservedContainer& container,
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
    std::span<const Hook> before(replica.service.pre_stop);
    if (container.health == Health::unhealthy) before = {};
    const Need ready =
        run_hooks(replica, container.id, before, RunHook::When::pre_stop, {.after = chain.last});
    const StepId restarted =
        work_.add(step(replica, std::move(operation), reason, std::move(changes)), ready);
    const Need last = run_hooks(replica, container.id, replica.service.post_start, RunHook::When::post_start,
                                {.after = {restarted}});
    return last.after.back();
}

void ServicePlanner::report_drift(const Replica& replica, const ObservedContainer& container,
                                  const Judgement& judgement, const std::vector<Attachment>& moves,
                                  std::vector<Change> drift) {
    for (const Attachment& move : moves) drift.push_back(move.change);
    if (container.name != replica.name) drift.push_back({"name", container.name.value, replica.name.value});
    hold(replica, Held::Why::policy,
         "drift reported, not repaired (reconcile.drift): " +
             (judgement.reason.empty() ? fields_of(drift) : judgement.reason));
}

std::optional<StepId> ServicePlanner::start_kept(const Replica& replica, const ObservedContainer& container,
                                                 const Judgement& judgement, const Chain& chain) {
    Need last = ready_to_start(replica.service);
    if (last.refused.empty()) {
        last.after.insert(last.after.end(), chain.last.begin(), chain.last.end());
        const bool first = container.state == ContainerState::created;
        return start(replica, container.id, first, judgement.reason, last, {state_change(container)});
    }
    hold(replica, last.why, last.refused);
    return {};
}

/// When containers of the project have swapped names, each is first renamed to a temporary name, which frees
/// the others.
void ServicePlanner::rename(const Replica& replica, const ObservedContainer& container, Chain& chain) {
    if (work_.observed.foreign_names.contains(replica.name)) {
        return hold(replica, Held::Why::conflict,
                    "its name " + replica.name.value + " is taken by a container that is not managed here");
    }
    const ContainerName aside{container.id.value.substr(0, 12) + "_" + replica.name.value};
    const bool taken = is_taken(replica.name);
    if (taken && container.name != aside) {
        chain.add(step(replica, RenameContainer{container.id, aside},
                       "renamed, and another container has its name",
                       {{"name", container.name.value, aside.value}}));
    } else {
        Chain apart = taken ? Chain{work_} : chain;  // only the rename waits for the name
        apart.add(step(replica, RenameContainer{container.id, replica.name}, "renamed",
                       {{"name", container.name.value, replica.name.value}}),
                  {.waits_for = taken ? "the name " + replica.name.value + " to be free" : ""});
        if (!taken) chain.last = apart.last;
    }
}

void ServicePlanner::reconnect(const Replica& replica, const ObservedContainer& container,
                               const std::vector<Attachment>& moves, Chain& chain) {
    const std::string reason = "networks changed";
    for (const Attachment& move : moves) {
        const Need& network = resources_.network(move.network);
        if (!network.refused.empty()) {
            hold(replica, network.why, network.refused);
            continue;
        }
        if (move.leave)
            chain.add(step(replica, DisconnectNetwork{container.id, move.network}, reason, {move.change}),
                      move.join ? network : Need{});
        if (!move.join) continue;
        const Endpoint endpoint =
            endpoint_of(replica.service, move.network, replica.name, links(replica.service));
        Step join =
            step(replica, ConnectNetwork{container.id, move.network, endpoint}, reason, {move.change});
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
