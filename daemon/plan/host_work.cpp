#include "plan/host_work.hpp"

#include <algorithm>
#include <utility>

namespace dockerext::plan {

using namespace model;

void HostWork::report(std::string part, PartState state, std::string message) {
    result.parts.push_back({std::move(part), state, std::move(message)});
}

void HostWork::fail_and_hold(const Subject& subject, Held::Why why, std::string reason) {
    result.parts.push_back({subject.name, PartState::failed, reason, true});
    hold(subject, why, std::move(reason));
}

StepId HostWork::add(Step step) {
    result.plan.steps.push_back(std::move(step));
    return result.plan.steps.size() - 1;
}

void HostWork::hold(const Subject& subject, Held::Why why, std::string reason,
                    std::optional<SteadyTime> until) {
    result.plan.held.push_back({subject, {}, why, std::move(reason), until});
}

std::string HostWork::backing_off(const Subject& subject) {
    const auto failure_record = history.failure_records.find(subject);
    if (failure_record == history.failure_records.end()) return "";
    if (failure_record->second.next_attempt > now)
        hold(subject, Held::Why::backoff, failure_record->second.last_error,
             failure_record->second.next_attempt);
    return failure_record->second.last_error;
}

bool HostWork::is_held(const Subject& subject) const {
    return std::any_of(result.plan.held.begin(), result.plan.held.end(),
                       [&](const Held& held) { return held.subject == subject; });
}

bool HostWork::begin(const Subject& subject, const std::string& doing) {
    const std::string failed = backing_off(subject);
    report(subject.name, failed.empty() ? PartState::pending : PartState::failed,
           failed.empty() ? doing : failed);
    return !is_held(subject);
}

Subject part(std::string name) { return {Subject::Kind::part, std::move(name)}; }

std::string reason_of(const std::vector<Change>& changes) { return fields_of(changes) + " changed"; }

}  // namespace dockerext::plan
