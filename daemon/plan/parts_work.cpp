#include "plan/parts_work.hpp"

#include <algorithm>
#include <utility>

namespace dockerext::plan {

using namespace model;

void PartsWork::report(std::string part, PartState state, std::string message) {
    parts.push_back({std::move(part), state, std::move(message)});
}

void PartsWork::fail_and_hold(const Subject& subject, Held::Why why, std::string reason) {
    parts.push_back({subject.name, PartState::failed, reason, true});
    hold(subject, why, std::move(reason));
}

StepId PartsWork::add(Step step) {
    plan.steps.push_back(std::move(step));
    return plan.steps.size() - 1;
}

void PartsWork::hold(const Subject& subject, Held::Why why, std::string reason,
                     std::optional<SteadyTime> until) {
    plan.held.push_back({subject, {}, why, std::move(reason), until});
}

std::string PartsWork::backing_off(const Subject& subject) {
    const auto failure_record = failure_records.find(subject);
    if (failure_record == failure_records.end()) return "";
    if (failure_record->second.next_attempt > now)
        hold(subject, Held::Why::backoff, failure_record->second.last_error,
             failure_record->second.next_attempt);
    return failure_record->second.last_error;
}

bool PartsWork::is_held(const Subject& subject) const {
    return std::any_of(plan.held.begin(), plan.held.end(),
                       [&](const Held& held) { return held.subject == subject; });
}

bool PartsWork::begin(const Subject& subject, const std::string& doing) {
    const std::string failed = backing_off(subject);
    report(subject.name, failed.empty() ? PartState::pending : PartState::failed,
           failed.empty() ? doing : failed);
    return !is_held(subject);
}

Subject part(std::string name) { return {Subject::Kind::part, std::move(name)}; }

std::string reason_of(const std::vector<Change>& changes) { return fields_of(changes) + " changed"; }

}  // namespace dockerext::plan
