#include "plan/work.hpp"

#include <algorithm>

namespace dockerext::plan {

using namespace model;

void join(Need& need, const Need& more) {
    need.after.insert(need.after.end(), more.after.begin(), more.after.end());
    if (need.waits_for.empty()) need.waits_for = more.waits_for;
    if (!need.refused.empty()) return;
    need.refused = more.refused;
    need.why = more.why;
}

StepId Work::add(Step step, const Need& need) {
    step.after.insert(step.after.end(), need.after.begin(), need.after.end());
    std::sort(step.after.begin(), step.after.end());
    step.after.erase(std::unique(step.after.begin(), step.after.end()), step.after.end());
    if (step.waits_for.empty()) step.waits_for = need.waits_for;
    for (const StepId id : step.after) {
        if (step.waits_for.empty()) step.waits_for = plan.steps[id].waits_for;
    }
    for (std::string* shown : {&step.object, &step.reason, &step.waits_for}) *shown = desired.redact(*shown);
    if (step.service) step.service->value = desired.redact(step.service->value);  // from a foreign label
    for (Change& change : step.changes) {  // a field may have the name of a foreign network
        for (std::string* shown : {&change.field, &change.have, &change.want})
            *shown = desired.redact(*shown);
    }
    plan.steps.push_back(std::move(step));
    return plan.steps.size() - 1;
}

void Work::hold(Held held) {
    held.reason = desired.redact(held.reason);
    const Held* const last = plan.held.empty() ? nullptr : &plan.held.back();
    if (last != nullptr && last->subject == held.subject && last->why == held.why &&
        last->reason == held.reason)
        return;
    plan.held.push_back(std::move(held));
}

bool Work::backing_off(const Subject& subject, const std::optional<ServiceName>& service) {
    if (history.failure_records.empty()) return false;
    const auto failure_record = history.failure_records.find(subject);
    if (failure_record == history.failure_records.end() || failure_record->second.next_attempt <= now)
        return false;
    hold({subject, service, Held::Why::backoff, failure_record->second.last_error,
          failure_record->second.next_attempt});
    return true;
}

bool Work::frozen(const Subject& subject, const std::optional<ServiceName>& service, const Change& change) {
    constexpr unsigned max_repairs = 2;
    const auto repaired = history.repair_counts.find(subject);
    if (repaired == history.repair_counts.end()) return false;
    const auto times = repaired->second.find(desired.redact(change.field));
    if (times == repaired->second.end() || times->second < max_repairs) return false;
    hold({subject,
          service,
          Held::Why::frozen,
          change.field + " drifted back to " + change.have + " after two repairs (want " + change.want +
              "); not repaired again until the settings change or `dockerextd reconcile`",
          {}});
    return true;
}

const FailedRollout* Work::given_up(const Subject& subject) const {
    const auto failed = history.failed_rollouts.find(subject);
    const bool is_known = failed != history.failed_rollouts.end();
    return is_known && is_given_up(failed->second) ? &failed->second : nullptr;
}

Need Work::known(const Subject& subject) const {
    const Unknown* const unknown = unknown_of(observed, subject);
    if (unknown == nullptr) return {};
    return {
        .refused = "state of " + to_string(subject) + " unknown: " + unknown->error.message() + "; retrying",
        .why = Held::Why::unknown};
}

bool Work::is_taken(const ContainerName& name) {
    if (names.empty()) {
        for (const auto& [id, container] : observed.containers) names.insert(container.name);
    }
    return names.contains(name);
}

void Work::hold_unknown() {
    std::set<Subject> reported;
    for (const Held& held : plan.held) reported.insert(held.subject);
    for (const auto& [subject, error] : observed.unknown) {
        if (!reported.contains(subject) && !busy(subject))
            hold({subject, {}, Held::Why::unknown, known(subject).refused, {}});
    }
}

}  // namespace dockerext::plan
