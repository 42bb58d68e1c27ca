#include "plan/service_planner.hpp"

#include "model/labels.hpp"
#include "plan/attachments.hpp"
#include "plan/differences.hpp"

#include <algorithm>

namespace dockerext::plan {

using namespace model;

namespace {

/// From the stop on the service is down.
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
    if (service.scale == 0) (void)storage_and_networks(service);  // as Compose, for when it is scaled up
    auto next = containers.begin();
    for (unsigned number = 1; number <= service.scale; ++number) {
        while (next != containers.end() && (*next)->slot.number < number)
            ++next;  // an unreadable number is 0
        Containers mine;
        while (next != containers.end() && (*next)->slot.number == number) mine.push_back(*next++);
        const Slot slot{service.name, number};
        const Place place{service, number, final_name(work_.desired.project.name, service, number),
                          subject_of(slot), outlook};
        plan_slot(place, mine);
    }
    // The highest numbers go first.
    for (auto surplus = containers.rbegin(); surplus != containers.rend(); ++surplus) {
        const Slot& slot = (*surplus)->slot;
        if (slot.number >= 1 && slot.number <= service.scale) continue;
        if (work_.busy(subject_of(slot)) || work_.backing_off(subject_of(slot), service.name)) continue;
        discard(work_, **surplus, service.name,
                "more replicas than the " + std::to_string(service.scale) + " wanted");
    }
}

void ServicePlanner::plan_slot(const Place& place, const Containers& containers) {
    const Roles roles = roles_of(containers, place.name);
    if (work_.busy(place.subject)) {
        not_started(place);
        if (roles.current != nullptr && place.number == 1)
            first_containers_[place.service.name] = roles.current->id;
        return;
    }
    if (const Need known = work_.known(place.subject); !known.refused.empty()) {
        hold(place, known.why, known.refused);
        return not_known(place);
    }
    const bool waits = !roles.surplus.empty() && work_.backing_off(place.subject, place.service.name);
    for (const ObservedContainer* surplus : roles.surplus) {
        if (!waits) discard(work_, *surplus, place.service.name, "duplicate of another container");
    }
    if (roles.current == nullptr) return fresh(place);
    if (roles.successor != nullptr) return hand_over(place, *roles.current, *roles.successor);
    lone(place, *roles.current);
}

/// There is no container: one is made and started.
void ServicePlanner::fresh(const Place& place) {
    if (is_completed(place.service, place.subject, work_.observed, work_.history)) {
        (void)storage_and_networks(place.service);  // as of a job whose container is there
        place.outlook.healthy = false;
        place.outlook.ended = "exited with code 0";
        return;
    }
    Need need = needs(place);
    const auto taken = work_.observed.foreign_names.find(place.name);
    if (!need.refused.empty()) {
        hold(place, need.why, need.refused);
        return will_not_start(place);
    }
    if (taken != work_.observed.foreign_names.end()) {
        hold(place, Held::Why::conflict,
             "the name " + place.name.value + " is taken by a container that is not managed here (" +
                 taken->second.value.substr(0, 12) + "); rename or remove it");
        return will_not_start(place);
    }
    if (work_.backing_off(place.subject, place.service.name)) return will_not_start(place);
    if (is_taken(place.name)) join(need, {.waits_for = "the name " + place.name.value + " to be free"});
    const StepId made = create(place, nullptr, "not found", {}, need);
    Need ready = gate(place.service);
    if (!ready.refused.empty()) {
        hold(place, ready.why, ready.refused);
        return will_not_start(place);
    }
    ready.after.push_back(work_.plan.steps.size() - 1);  // created, and connected to all its networks
    will_start(place, start(place, made, true, "not found", ready));
}

/// There is one container, and nobody is to take its place: the lowest rung of the ladder that puts it right.
void ServicePlanner::lone(const Place& place, const ObservedContainer& container) {
    const Judgement judgement = judge(place.service, container, work_.history);
    look_ahead(place, container, judgement);
    hold_unproven(place, container);
    if (judgement.verdict == Verdict::removing) return not_started(place);
    const std::vector<Difference> wrong = wrong_with(place, container);
    std::vector<Difference> rebuilt;
    std::copy_if(wrong.begin(), wrong.end(), std::back_inserter(rebuilt),
                 [](const Difference& each) { return each.repair == Repair::recreate; });
    if (judgement.verdict == Verdict::broken) rebuilt.push_back({state_change(container), Repair::recreate});
    if (!rebuilt.empty() && recreate(place, container, changes_of(rebuilt))) return;
    const auto start = keep(place, container, judgement, rebuilt.empty() ? wrong : std::vector<Difference>{});
    if (start) return will_start(place, *start);
    const bool rests = judgement.verdict == Verdict::failed || judgement.verdict == Verdict::completed;
    if (rests) (void)storage_and_networks(place.service);  // without them nobody could start it
    remains_ended(place, judgement);                       // otherwise what is made next is another thing
    const bool is_up = judgement.verdict != Verdict::stopped && judgement.verdict != Verdict::broken &&
                       owed_hooks(place, container).empty();
    if (!is_up) will_not_start(place);
}

/// What differs, but for fields that are frozen: those are reported and left.
std::vector<Difference> ServicePlanner::wrong_with(const Place& place, const ObservedContainer& container) {
    const auto image = work_.observed.images.find(place.service.container.image);
    const Expectation expected{.service = place.service,
                               .number = place.number,
                               .image = image == work_.observed.images.end() ? nullptr : &image->second,
                               .network_mode = network_mode(place.service),
                               .ipc_mode = ipc_mode(place.service),
                               .pid_mode = pid_mode(place.service),
                               .volumes_from = volumes_from(place.service),
                               .redact = work_.desired.redact,
                               .engine = work_.observed.engine,
                               .observed = work_.observed};
    std::vector<Difference> wrong = differences(expected, container);
    std::erase_if(wrong, [&](const Difference& difference) {
        return work_.frozen(place.subject, place.service.name, difference.change);
    });
    return wrong;
}

/// What dependents may count on, as far as this container tells.
void ServicePlanner::look_ahead(const Place& place, const ObservedContainer& container,
                                const Judgement& judgement) {
    const bool running = judgement.verdict == Verdict::running;
    place.outlook.healthy = place.outlook.healthy && running && container.health == Health::healthy;
    place.outlook.completed =
        place.outlook.completed && judgement.verdict == Verdict::completed && container.exit_code == 0;
    if (judgement.verdict == Verdict::unhealthy || judgement.verdict == Verdict::restarting)
        place.outlook.ill = true;
    if (place.number == 1) first_containers_[place.service.name] = container.id;
}

void ServicePlanner::remains_ended(const Place& place, const Judgement& judgement) {
    if (judgement.verdict == Verdict::failed && place.outlook.failed.empty())
        place.outlook.failed = judgement.reason;
    if (judgement.verdict == Verdict::failed) place.outlook.ended = judgement.reason;
    if (judgement.verdict == Verdict::completed) place.outlook.ended = "exited with code 0";
}

void ServicePlanner::not_started(const Place& place) {
    join(place.outlook.started, {.waits_for = place.service.name.value + " to be started"});
    place.outlook.healthy = place.outlook.completed = false;
}

void ServicePlanner::not_known(const Place& place) {
    join(place.outlook.started, {.waits_for = "the state of " + to_string(place.subject)});
    place.outlook.healthy = place.outlook.completed = false;
}

void ServicePlanner::will_not_start(const Place& place) {
    not_started(place);
    place.outlook.ill = true;
}

void ServicePlanner::will_start(const Place& place, StepId start) const {
    join(place.outlook.started, {.after = {start}, .waits_for = work_.plan.steps[start].waits_for});
    place.outlook.failed.clear();  // it is given another try
    place.outlook.ended.clear();
    place.outlook.healthy = place.outlook.completed = false;
}

StepId ServicePlanner::start(const Place& place, const ContainerRef& container, bool first,
                             const std::string& reason, Need need, std::vector<Change> changes) {
    const bool restores = follows_a_stop(work_.plan, need);
    if (first && !place.service.files.empty()) {
        Step put = step(place, PutFiles{container, place.service.files}, reason);
        put.restores = restores;
        need.after = {work_.add(std::move(put), need)};
    }
    Step starting = step(place, StartContainer{container}, reason, std::move(changes));
    starting.restores = restores;
    const StepId started = work_.add(std::move(starting), need);
    const Need last = run_hooks(place, container, place.service.post_start, RunHook::When::post_start,
                                {.after = {started}});
    return last.after.back();
}

StepId ServicePlanner::stop(const Place& place, const ObservedContainer& container, const std::string& reason,
                            const Need& need) {
    const bool runs = container.state == ContainerState::running;
    const std::span<const Hook> hooks =
        runs ? std::span<const Hook>(place.service.pre_stop) : std::span<const Hook>();
    const Need previous = run_hooks(place, container.id, hooks, RunHook::When::pre_stop, need);
    return work_.add(step(place, StopContainer{container.id, grace_of(container)}, reason), previous);
}

Step ServicePlanner::step(const Place& place, Operation operation, std::string reason,
                          std::vector<Change> changes) const {
    return {.operation = std::move(operation),
            .subject = place.subject,
            .service = place.service.name,
            .object = place.name.value,
            .reason = std::move(reason),
            .changes = std::move(changes)};
}

void ServicePlanner::hold(const Place& place, Held::Why why, std::string reason) {
    work_.hold({place.subject, place.service.name, why, std::move(reason), {}});
}

std::string ServicePlanner::seconds_of(const UnprovenRun& run) {
    return std::to_string(run.needed.count()) + " s";
}

void ServicePlanner::hold_unproven(const Place& place, const ObservedContainer& container) {
    const auto found = work_.history.unproven.find(container.id);
    if (found == work_.history.unproven.end()) return;
    const UnprovenRun& run = found->second;
    const bool by_time = container.state == ContainerState::running && run.proven_at > work_.now;
    work_.hold({place.subject, place.service.name, Held::Why::unproven,
                run.last_end.empty() ? "not up for " + seconds_of(run) + " yet" : run.last_end,
                by_time ? std::optional(run.proven_at) : std::nullopt});
}

}  // namespace dockerext::plan
