#include "plan/assess.hpp"

#include "plan/image_updates.hpp"
#include "plan/rollout.hpp"
#include "plan/slots.hpp"
#include "plan/verdict.hpp"

#include <algorithm>
#include <set>

namespace dockerext::plan {

using namespace model;

namespace {

ContainerStatus status_of(const ObservedContainer& container, const Observed& observed) {
    ContainerStatus status{container.name, container.id, container.state, container.health,
                           container.spec.image};
    const auto image = observed.images.find(container.spec.image);
    const bool is_known = image != observed.images.end() && image->second.id == container.image_id &&
                          !image->second.digests.empty();
    if (is_known) status.digest = *image->second.digests.begin();
    return status;
}

ImageCheckStatus image_check_of(const Service& service, const Observed& observed, const History& history) {
    const auto registry = history.registry_images.find(followed_reference(service));
    const auto local = observed.images.find(followed_reference(service));
    if (registry == history.registry_images.end() || local == observed.images.end()) return {};
    const RegistryImage& known = registry->second;
    ImageCheckStatus status{.checked_at = {}, .newer = {}, .error = known.error};
    if (known.is_answered) status.checked_at = known.checked_at;
    if (!local->second.digests.contains(known.digest)) status.newer = known.digest;
    return status;
}

/// From best to worst: a service has the state of its worst replica.
constexpr std::array by_severity = {ServiceState::completed, ServiceState::running,    ServiceState::pending,
                                    ServiceState::waiting,   ServiceState::unknown,    ServiceState::drifted,
                                    ServiceState::unhealthy, ServiceState::restarting, ServiceState::failed};

void worsen(ServiceStatus& status, ServiceState state, const std::string& reason) {
    const auto rank = [](ServiceState each) {
        return std::find(by_severity.begin(), by_severity.end(), each);
    };
    if (rank(state) < rank(status.state)) return;
    if (status.reason.empty() || rank(state) > rank(status.state)) status.reason = reason;
    status.state = state;
}

void merge_judgement(ServiceStatus& status, const Judgement& judgement) {
    switch (judgement.verdict) {
    case Verdict::running: return worsen(status, ServiceState::running, "");
    case Verdict::completed: return worsen(status, ServiceState::completed, "");
    case Verdict::starting: return worsen(status, ServiceState::pending, judgement.reason);
    case Verdict::unhealthy: return worsen(status, ServiceState::unhealthy, judgement.reason);
    case Verdict::restarting: return worsen(status, ServiceState::restarting, judgement.reason);
    case Verdict::failed: return worsen(status, ServiceState::failed, judgement.reason);
    case Verdict::paused:
    case Verdict::stopped:
    case Verdict::broken:
    case Verdict::removing: return worsen(status, ServiceState::pending, judgement.reason);
    }
}

ServiceState state_of(Held::Why why) {
    switch (why) {
    case Held::Why::backoff:
    case Held::Why::failed:
    case Held::Why::conflict: return ServiceState::failed;
    case Held::Why::frozen:
    case Held::Why::policy: return ServiceState::drifted;
    case Held::Why::unknown: return ServiceState::waiting;
    case Held::Why::unproven:
    case Held::Why::delayed: return ServiceState::pending;
    }
    return ServiceState::failed;
}

/// What the plan does for the service: the first step's reason, or what that step waits for, unless `watched`
/// has its container.
void merge_step(ServiceStatus& status, const Step& step, const std::set<Subject>& watched) {
    status.in_progress = true;
    for (const Change& change : step.changes) {
        const bool known = std::find(status.drift.begin(), status.drift.end(), change) != status.drift.end();
        if (!known) status.drift.push_back(change);
    }
    const bool waits = !step.waits_for.empty();
    if (waits && watched.contains(step.subject)) return worsen(status, ServiceState::pending, "");
    if (!waits) worsen(status, ServiceState::pending, std::string(verb(step.operation)) + ": " + step.reason);
    else worsen(status, ServiceState::waiting, "waits for " + step.waits_for);
}

/// An attempt that is due counts as now: until the next plan, nothing else shows that there will be another
/// one.
void merge_attempt(ServiceStatus& status, SteadyTime next, SteadyTime now, WallTime wall_now) {
    const auto wait = std::chrono::duration_cast<WallTime::duration>(std::max(next - now, {}));
    if (!status.next_attempt || wall_now + wait < *status.next_attempt) status.next_attempt = wall_now + wait;
}

void merge_failures(ServiceStatus& status, const FailureRecord& failure_record, SteadyTime now,
                    WallTime wall_now) {
    status.attempts = std::max(status.attempts, failure_record.failures);
    if (!status.since || failure_record.since < *status.since) status.since = failure_record.since;
    if (failure_record.next_attempt > now) merge_attempt(status, failure_record.next_attempt, now, wall_now);
}

class Assessment {
public:
    Assessment(const Desired& desired, const Observed& observed, const History& history, const Plan& plan)
        : desired_(desired), observed_(observed), history_(history) {
        for (const ObservedContainer* container : by_slot(observed))
            containers_[container->slot.service].push_back(container);
        for (const Step& step : plan.steps) {
            if (step.service) steps_[*step.service].push_back(&step);
        }
        for (const Held& held : plan.held) {
            if (held.service) held_[*held.service].push_back(&held);
        }
    }

    ServiceStatus of(const Service& service, SteadyTime now, WallTime wall_now) const {
        ServiceStatus status{
            .name = service.name, .state = ServiceState::completed, .desired_replicas = service.scale};
        for (unsigned number = 1; number <= service.scale; ++number)
            assess_slot(service, number, status, now, wall_now);
        const std::set<Subject> watched = note_watching(service, status, now, wall_now);
        for (const Step* step : found(steps_, service.name)) merge_step(status, *step, watched);
        for (const Held* held : found(held_, service.name)) {
            if (held->why == Held::Why::unproven) continue;  // reported with its container
            worsen(status, state_of(held->why), held->reason);
            if (held->until) merge_attempt(status, *held->until, now, wall_now);
        }
        if (!is_converged(status.state)) {
            prepend_progress(service, status);
            for (unsigned number = 1; number <= service.scale; ++number) {
                merge_failures(subject_of(Slot{service.name, number}), status, now, wall_now);
            }
            merge_failures(subject_of(service.container.image), status, now, wall_now);
        }
        status.image_check = image_check_of(service, observed_, history_);
        if (is_converged(status.state)) status.watching.reset();
        if (status.watching) status.reason += status.reason.empty() ? "watching" : ", watching";
        redact(status);
        return status;
    }

private:
    void redact(ServiceStatus& status) const {
        status.reason = desired_.redact(status.reason);
        for (ContainerStatus& container : status.containers) {
            container.name.value = desired_.redact(container.name.value);
            container.image.value = desired_.redact(container.image.value);
        }
    }

    template <typename T>
    static const std::vector<const T*>& found(const std::map<ServiceName, std::vector<const T*>>& map,
                                              const ServiceName& name) {
        static const std::vector<const T*> none;
        const auto entry = map.find(name);
        return entry == map.end() ? none : entry->second;
    }

    /// Whether the container's run will be proven by time alone, and is not yet.
    const UnprovenRun* watched_run(const ObservedContainer& container, SteadyTime now) const {
        const auto found = history_.unproven.find(container.id);
        if (found == history_.unproven.end() || container.state != ContainerState::running) return nullptr;
        const auto proven_at = found->second.proven_at();
        return proven_at && *proven_at > now ? &found->second : nullptr;
    }

    /// Returns the slots of the containers that are watched.
    std::set<Subject> note_watching(const Service& service, ServiceStatus& status, SteadyTime now,
                                    WallTime wall_now) const {
        std::set<Subject> watched;
        std::optional<SteadyTime> last;
        for (const ObservedContainer* container : found(containers_, service.name)) {
            const UnprovenRun* const run = watched_run(*container, now);
            if (run == nullptr) continue;
            watched.insert(subject_of(container->slot));
            if (last && *last >= *run->proven_at()) continue;
            last = run->proven_at();
            const auto passed = std::chrono::duration_cast<WallTime::duration>(now - *run->healthy_since);
            status.watching = Watching{wall_now - passed, run->monitor};
        }
        return watched;
    }

    /// "1 of 3 replaced", while replicas are replaced.
    void prepend_progress(const Service& service, ServiceStatus& status) const {
        if (service.scale < 2) return;
        std::set<Subject> created, held;
        for (const Step* step : found(steps_, service.name)) {
            if (std::holds_alternative<CreateContainer>(step->operation)) created.insert(step->subject);
        }
        for (const Held* each : found(held_, service.name)) held.insert(each->subject);
        unsigned replaced = 0;
        bool is_replacing = false;
        for (unsigned number = 1; number <= service.scale; ++number) {
            const Subject subject = subject_of(Slot{service.name, number});
            const std::size_t containers = containers_of(service, number).size();
            if (containers == 0) return;  // created, not replaced
            const bool is_changing = containers > 1 || created.contains(subject);
            is_replacing = is_replacing || is_changing;
            const bool is_open = is_changing || held.contains(subject) || history_.busy.contains(subject);
            replaced += is_open ? 0 : 1;
        }
        if (!is_replacing) return;
        const std::string progress =
            std::to_string(replaced) + " of " + std::to_string(service.scale) + " replaced";
        const bool is_told =
            status.reason.empty() || status.reason == "waits for " + std::string(other_turns);
        status.reason = progress + (is_told ? "" : "; " + status.reason);
    }

    Containers containers_of(const Service& service, unsigned number) const {
        Containers of_slot;
        for (const ObservedContainer* container : found(containers_, service.name)) {
            if (container->slot.number == number) of_slot.push_back(container);
        }
        return of_slot;
    }

    void assess_slot(const Service& service, unsigned number, ServiceStatus& status, SteadyTime now,
                     WallTime wall_now) const {
        const Subject subject = subject_of(Slot{service.name, number});
        if (history_.busy.contains(subject)) {
            status.in_progress = true;
            worsen(status, ServiceState::pending, "change in progress");
        }
        if (const Unknown* unknown = unknown_of(observed_, subject)) {
            if (!status.since || unknown->since < *status.since) status.since = unknown->since;
            return worsen(status, ServiceState::unknown,
                          "state unknown: " + unknown->error.message() + "; retrying");
        }
        const Containers slot_containers = containers_of(service, number);
        if (slot_containers.empty() && is_completed(service, subject, observed_, history_))
            return worsen(status, ServiceState::completed, "its container was removed");
        if (slot_containers.empty()) return worsen(status, ServiceState::pending, "not created yet");
        for (const ObservedContainer* each : slot_containers)
            status.containers.push_back(status_of(*each, observed_));
        const Roles roles = roles_of(slot_containers, final_name(desired_.project.name, service, number));
        // In the middle of a hand-over, the daemon has stopped the old container, and the new one counts.
        const bool handing_over = roles.successor != nullptr && !is_alive(*roles.current);
        assess_container(service, handing_over ? *roles.successor : *roles.current, status, now, wall_now);
    }

    /// The container that counts for its slot.
    void assess_container(const Service& service, const ObservedContainer& container, ServiceStatus& status,
                          SteadyTime now, WallTime wall_now) const {
        const Subject subject = subject_of(container.slot);
        const Judgement judgement = judge(service, container, history_);
        const bool alive = judgement.verdict == Verdict::running || judgement.verdict == Verdict::starting ||
                           judgement.verdict == Verdict::unhealthy;
        status.running += alive ? 1 : 0;
        // The change may be what ended the container.
        const bool busy = history_.busy.contains(subject);
        if (!busy || judgement.verdict != Verdict::failed) merge_judgement(status, judgement);
        if (judgement.verdict == Verdict::stopped || judgement.verdict == Verdict::broken)
            merge_last_failure(subject, status);
        merge_unproven(container, status, now, wall_now);
    }

    /// The last failure is shown also while the subject is being started again.
    void merge_last_failure(const Subject& subject, ServiceStatus& status) const {
        const auto failure_record = history_.failure_records.find(subject);
        if (failure_record != history_.failure_records.end())
            worsen(status, ServiceState::failed, failure_record->second.last_error);
    }

    /// A service that has failed stays failed until its container has held, so that its state does not change
    /// with every attempt.
    void merge_unproven(const ObservedContainer& container, ServiceStatus& status, SteadyTime now,
                        WallTime wall_now) const {
        const auto found = history_.unproven.find(container.id);
        if (found == history_.unproven.end()) return;
        const UnprovenRun& run = found->second;
        const bool is_watched = watched_run(container, now) != nullptr;
        const auto failure_record = history_.failure_records.find(subject_of(container.slot));
        if (failure_record != history_.failure_records.end()) {
            worsen(status, ServiceState::failed, failure_record->second.last_error);
            if (is_watched) merge_attempt(status, *run.proven_at(), now, wall_now);
        } else if (!run.previous_failure.empty()) {
            worsen(status, ServiceState::restarting, run.previous_failure);
        } else if (is_watched) {
            worsen(status, ServiceState::pending, "");
        }
    }

    void merge_failures(const Subject& subject, ServiceStatus& status, SteadyTime now,
                        WallTime wall_now) const {
        const auto failure_record = history_.failure_records.find(subject);
        if (failure_record != history_.failure_records.end())
            plan::merge_failures(status, failure_record->second, now, wall_now);
    }

    const Desired& desired_;
    const Observed& observed_;
    const History& history_;
    std::map<ServiceName, Containers> containers_;
    std::map<ServiceName, std::vector<const Step*>> steps_;
    std::map<ServiceName, std::vector<const Held*>> held_;
};

}  // namespace

std::vector<ServiceStatus> assess(const Desired& desired, const Observed& observed, const History& history,
                                  const Plan& plan, SteadyTime now, WallTime wall_now) {
    const Assessment assessment(desired, observed, history, plan);
    std::vector<ServiceStatus> all;
    for (const auto& [name, service] : desired.project.services)
        all.push_back(assessment.of(service, now, wall_now));
    return all;
}

}  // namespace dockerext::plan
