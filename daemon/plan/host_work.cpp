#include "plan/host_work.hpp"

#include <algorithm>
#include <utility>

namespace dockerext::plan {

using namespace model;

void HostWork::tell(std::string part, PartState state, std::string message) {
    made.parts.push_back({std::move(part), state, std::move(message)});
}

void HostWork::give_up(const Subject& subject, Held::Why why, std::string reason) {
    made.parts.push_back({subject.name, PartState::failed, reason, true});
    hold(subject, why, std::move(reason));
}

StepId HostWork::add(Step step) {
    made.plan.steps.push_back(std::move(step));
    return made.plan.steps.size() - 1;
}

void HostWork::hold(const Subject& subject, Held::Why why, std::string reason,
                    std::optional<SteadyTime> until) {
    made.plan.held.push_back({subject, {}, why, std::move(reason), until});
}

std::string HostWork::backing_off(const Subject& subject) {
    const auto trouble = history.troubles.find(subject);
    if (trouble == history.troubles.end()) return "";
    if (trouble->second.next_attempt > now)
        hold(subject, Held::Why::backoff, trouble->second.last_error, trouble->second.next_attempt);
    return trouble->second.last_error;
}

bool HostWork::is_held(const Subject& subject) const {
    return std::any_of(made.plan.held.begin(), made.plan.held.end(),
                       [&](const Held& held) { return held.subject == subject; });
}

bool HostWork::begin(const Subject& subject, const std::string& doing) {
    const std::string failed = backing_off(subject);
    tell(subject.name, failed.empty() ? PartState::pending : PartState::failed,
         failed.empty() ? doing : failed);
    return !is_held(subject);
}

Subject part(std::string name) { return {Subject::Kind::part, std::move(name)}; }

std::string reason_of(const std::vector<Change>& changes) { return fields_of(changes) + " changed"; }

std::string joined(const std::vector<std::string>& texts) {
    std::string all;
    for (const std::string& text : texts) all += (all.empty() ? "" : "; ") + text;
    return all;
}

}  // namespace dockerext::plan
