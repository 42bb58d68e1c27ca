#include "plan/service_planner.hpp"

#include "model/labels.hpp"
#include "plan/attachments.hpp"
#include "plan/differences.hpp"

#include <algorithm>

namespace dockerext::plan {

using namespace model;

namespace {

/// Whether a stop precedes the step, so that the service is down until the step runs.
bool follows_a_stop(const Plan& plan, const Need& need) {
    return std::any_of(need.after.begin(), need.after.end(), [&](StepId before) {
        return std::holds_alternative<StopContainer>(plan.steps[before].operation);
    });
}

}  // namespace

void ServicePlanner::plan(const Service& service, std::span<const ObservedContainer* const> containers) {
    Outlook& outlook = outlooks_[service.name];
    const bool may_renew =
        service.pull_policy != PullPolicy::missing && service.pull_policy != PullPolicy::never;
    if (may_renew && service.scale > 0) (void)resources_.image(service);
    if (service.scale == 0) (void)storage_and_networks(service);  // as Compose does, for a later scale-up
    auto next = containers.begin();
    for (unsigned number = 1; number <= service.scale; ++number) {
        while (next != containers.end() && (*next)->slot.number < number)
            ++next;  // 0 is an unreadable number
        Containers mine;
        while (next != containers.end() && (*next)->slot.number == number) mine.push_back(*next++);
        const Slot slot{service.name, number};
        const Replica replica{service, number, final_name(work_.desired.project.name, service, number),
                              subject_of(slot), outlook};
        plan_slot(replica, mine);
    }
    // Replicas with the highest numbers are removed first.
    for (auto surplus = containers.rbegin(); surplus != containers.rend(); ++surplus) {
        const Slot& slot = (*surplus)->slot;
        if (slot.number >= 1 && slot.number <= service.scale) continue;
        if (work_.busy(subject_of(slot)) || work_.backing_off(subject_of(slot), service.name)) continue;
        discard(work_, **surplus, service.name,
                "more replicas than the " + std::to_string(service.scale) + " wanted");
    }
}

void ServicePlanner::plan_slot(const Replica& replica, const Containers& containers) {
    const Roles roles = roles_of(containers, replica.name);
    if (work_.busy(replica.subject)) {
        not_started(replica);
        if (roles.current != nullptr && replica.number == 1)
            first_containers_[replica.service.name] = roles.current->id;
        return;
    }
    if (const Need known = work_.known(replica.subject); !known.refused.empty()) {
        hold(replica, known.why, known.refused);
        return not_known(replica);
    }
    const bool waits = !roles.surplus.empty() && work_.backing_off(replica.subject, replica.service.name);
    for (const ObservedContainer* surplus : roles.surplus) {
        if (!waits) discard(work_, *surplus, replica.service.name, "duplicate of another container");
    }
    if (roles.current == nullptr) return fresh(replica);
    if (roles.successor != nullptr) return hand_over(replica, *roles.current, *roles.successor);
    lone(replica, *roles.current);
}

/// Creates and starts a container for a replica that has none.
void ServicePlanner::fresh(const Replica& replica) {
    if (is_completed(replica.service, replica.subject, work_.observed, work_.history)) {
        (void)storage_and_networks(replica.service);  // as for a job whose container exists
        replica.outlook.healthy = false;
        replica.outlook.ended = "exited with code 0";
        return;
    }
    Need need = needs(replica);
    const auto taken = work_.observed.foreign_names.find(replica.name);
    if (!need.refused.empty()) {
        hold(replica, need.why, need.refused);
        return will_not_start(replica);
    }
    if (taken != work_.observed.foreign_names.end()) {
        hold(replica, Held::Why::conflict,
             "the name " + replica.name.value + " is taken by a container that is not managed here (" +
                 taken->second.value.substr(0, 12) + "); rename or remove it");
        return will_not_start(replica);
    }
    if (work_.backing_off(replica.subject, replica.service.name)) return will_not_start(replica);
    if (is_taken(replica.name)) join(need, {.waits_for = "the name " + replica.name.value + " to be free"});
    const StepId made = create(replica, nullptr, "not found", {}, need);
    Need ready = gate(replica.service);
    if (!ready.refused.empty()) {
        hold(replica, ready.why, ready.refused);
        return will_not_start(replica);
    }
    ready.after.push_back(work_.plan.steps.size() - 1);  // created, and connected to all its networks
    will_start(replica, start(replica, made, true, "not found", ready));
}

/// Handles a single container without a successor, with the least disruptive repair.
void ServicePlanner::lone(const Replica& replica, const ObservedContainer& container) {
    const Judgement judgement = judge(replica.service, container, work_.history);
    look_ahead(replica, container, judgement);
    hold_unproven(replica, container);
    if (judgement.verdict == Verdict::removing) return not_started(replica);
    const std::vector<Difference> wrong = wrong_with(replica, container);
    std::vector<Difference> rebuilt;
    std::copy_if(wrong.begin(), wrong.end(), std::back_inserter(rebuilt),
                 [](const Difference& each) { return each.repair == Repair::recreate; });
    if (judgement.verdict == Verdict::broken) rebuilt.push_back({state_change(container), Repair::recreate});
    if (!rebuilt.empty() && recreate(replica, container, changes_of(rebuilt))) return;
    const auto start =
        keep(replica, container, judgement, rebuilt.empty() ? wrong : std::vector<Difference>{});
    if (start) return will_start(replica, *start);
    const bool rests = judgement.verdict == Verdict::failed || judgement.verdict == Verdict::completed;
    if (rests) (void)storage_and_networks(replica.service);  // nobody could start it without them
    remains_ended(replica, judgement);  // otherwise a new container takes its place, and may run
    const bool is_up = judgement.verdict != Verdict::stopped && judgement.verdict != Verdict::broken &&
                       owed_hooks(replica, container).empty();
    if (!is_up) will_not_start(replica);
}

/// All differences except frozen fields, which are only reported.
std::vector<Difference> ServicePlanner::wrong_with(const Replica& replica,
                                                   const ObservedContainer& container) {
    const auto image = work_.observed.images.find(replica.service.container.image);
    const Expectation expected{.service = replica.service,
                               .number = replica.number,
                               .image = image == work_.observed.images.end() ? nullptr : &image->second,
                               .network_mode = network_mode(replica.service),
                               .ipc_mode = ipc_mode(replica.service),
                               .pid_mode = pid_mode(replica.service),
                               .volumes_from = volumes_from(replica.service),
                               .redact = work_.desired.redact,
                               .engine = work_.observed.engine,
                               .observed = work_.observed};
    std::vector<Difference> wrong = differences(expected, container);
    std::erase_if(wrong, [&](const Difference& difference) {
        return work_.frozen(replica.subject, replica.service.name, difference.change);
    });
    return wrong;
}

/// Derives from this container what dependents may count on.
void ServicePlanner::look_ahead(const Replica& replica, const ObservedContainer& container,
                                const Judgement& judgement) {
    const bool running = judgement.verdict == Verdict::running;
    replica.outlook.healthy = replica.outlook.healthy && running && container.health == Health::healthy;
    replica.outlook.completed =
        replica.outlook.completed && judgement.verdict == Verdict::completed && container.exit_code == 0;
    if (judgement.verdict == Verdict::unhealthy || judgement.verdict == Verdict::restarting)
        replica.outlook.ill = true;
    if (replica.number == 1) first_containers_[replica.service.name] = container.id;
}

void ServicePlanner::remains_ended(const Replica& replica, const Judgement& judgement) {
    if (judgement.verdict == Verdict::failed && replica.outlook.failed.empty())
        replica.outlook.failed = judgement.reason;
    if (judgement.verdict == Verdict::failed) replica.outlook.ended = judgement.reason;
    if (judgement.verdict == Verdict::completed) replica.outlook.ended = "exited with code 0";
}

void ServicePlanner::not_started(const Replica& replica) {
    join(replica.outlook.started, {.waits_for = replica.service.name.value + " to be started"});
    replica.outlook.healthy = replica.outlook.completed = false;
}

void ServicePlanner::not_known(const Replica& replica) {
    join(replica.outlook.started, {.waits_for = "the state of " + to_string(replica.subject)});
    replica.outlook.healthy = replica.outlook.completed = false;
}

void ServicePlanner::will_not_start(const Replica& replica) {
    not_started(replica);
    replica.outlook.ill = true;
}

void ServicePlanner::will_start(const Replica& replica, StepId start) const {
    join(replica.outlook.started, {.after = {start}, .waits_for = work_.plan.steps[start].waits_for});
    replica.outlook.failed.clear();  // it gets another attempt
    replica.outlook.ended.clear();
    replica.outlook.healthy = replica.outlook.completed = false;
}

StepId ServicePlanner::start(const Replica& replica, const ContainerRef& container, bool first,
                             const std::string& reason, Need need, std::vector<Change> changes) {
    const bool restores = follows_a_stop(work_.plan, need);
    if (first && !replica.service.files.empty()) {
        Step put = step(replica, PutFiles{container, replica.service.files}, reason);
        put.restores = restores;
        need.after = {work_.add(std::move(put), need)};
    }
    Step starting = step(replica, StartContainer{container}, reason, std::move(changes));
    starting.restores = restores;
    const StepId started = work_.add(std::move(starting), need);
    const Need last = run_hooks(replica, container, replica.service.post_start, RunHook::When::post_start,
                                {.after = {started}});
    return last.after.back();
}

StepId ServicePlanner::stop(const Replica& replica, const ObservedContainer& container,
                            const std::string& reason, const Need& need) {
    const bool runs = container.state == ContainerState::running;
    const std::span<const Hook> hooks =
        runs ? std::span<const Hook>(replica.service.pre_stop) : std::span<const Hook>();
    const Need previous = run_hooks(replica, container.id, hooks, RunHook::When::pre_stop, need);
    return work_.add(step(replica, StopContainer{container.id, grace_of(container)}, reason), previous);
}

Step ServicePlanner::step(const Replica& replica, Operation operation, std::string reason,
                          std::vector<Change> changes) const {
    return {.operation = std::move(operation),
            .subject = replica.subject,
            .service = replica.service.name,
            .object = replica.name.value,
            .reason = std::move(reason),
            .changes = std::move(changes)};
}

void ServicePlanner::hold(const Replica& replica, Held::Why why, std::string reason) {
    work_.hold({replica.subject, replica.service.name, why, std::move(reason), {}});
}

std::string ServicePlanner::seconds_of(const UnprovenRun& run) {
    return std::to_string(run.needed.count()) + " s";
}

void ServicePlanner::hold_unproven(const Replica& replica, const ObservedContainer& container) {
    const auto found = work_.history.unproven.find(container.id);
    if (found == work_.history.unproven.end()) return;
    const UnprovenRun& run = found->second;
    const bool by_time = container.state == ContainerState::running && run.proven_at > work_.now;
    work_.hold({replica.subject, replica.service.name, Held::Why::unproven,
                run.last_end.empty() ? "not up for " + seconds_of(run) + " yet" : run.last_end,
                by_time ? std::optional(run.proven_at) : std::nullopt});
}

}  // namespace dockerext::plan
