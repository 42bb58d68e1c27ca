#include "plan/work.hpp"

#include "model/labels.hpp"

#include <algorithm>

namespace dockerext::plan {

using namespace model;

void join(Need& need, const Need& more) {
    need.after.insert(need.after.end(), more.after.begin(), more.after.end());
    if (need.waits_for.empty()) need.waits_for = more.waits_for;
    if (need.refused.empty()) need.refused = more.refused;
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
    plan.steps.push_back(std::move(step));
    return plan.steps.size() - 1;
}

void Work::hold(Held held) {
    held.reason = desired.redact(held.reason);
    const Held* const last = plan.held.empty() ? nullptr : &plan.held.back();
    if (last != nullptr && last->subject == held.subject && last->why == held.why && last->reason == held.reason) return;
    plan.held.push_back(std::move(held));
}

bool Work::backing_off(const Subject& subject, const std::optional<ServiceName>& service) {
    if (history.troubles.empty()) return false;
    const auto trouble = history.troubles.find(subject);
    if (trouble == history.troubles.end() || trouble->second.next_attempt <= now) return false;
    hold({subject, service, Held::Why::backoff, trouble->second.last_error, trouble->second.next_attempt});
    return true;
}

bool Work::is_silent(const Slot& slot) const {
    return std::any_of(observed.silent.begin(), observed.silent.end(), [&](const auto& each) { return each.second == slot; });
}

const Need& Resources::image(const Service& service) {
    const ImageRef& ref = service.container.image;
    const auto known = images_.find(ref);
    return known != images_.end() ? known->second : images_[ref] = pull(service);
}

Need Resources::pull(const Service& service) {
    const ImageRef& ref = service.container.image;
    const Subject subject = subject_of(ref);
    const bool present = work_.observed.images.contains(ref);
    const bool wanted = service.pull_policy == PullPolicy::always && !work_.history.pulled.contains(ref);
    if (present && !wanted) return {};
    if (service.pull_policy == PullPolicy::never) {
        return {.refused = "image " + ref.value + " is not present, and pull_policy is never"};
    }
    const std::string waits = ref.value + " to be pulled";
    if (work_.busy(subject)) return {.waits_for = waits};
    if (work_.backing_off(subject, {})) {
        if (present) return {};  // an older one will do until the registry answers
        return {.refused = work_.history.troubles.at(subject).last_error};
    }
    (void)work_.add({.operation = PullImage{ref},
                     .subject = subject,
                     .object = ref.value,
                     .reason = present ? "pull_policy is always" : "not present"});
    return {.waits_for = waits};  // only when it is here is known what it brings
}

const Need& Resources::network(const NetworkName& name) {
    const auto known = networks_.find(name);
    if (known != networks_.end()) return known->second;
    const auto& specs = work_.desired.project.networks;
    const auto spec = specs.find(name);
    return networks_[name] = spec == specs.end() ? Need{} : make_network(spec->second);
}

Need Resources::make_network(const NetworkSpec& spec) {
    const Subject subject = subject_of(spec.name);
    const auto there = work_.observed.networks.find(spec.name);
    const bool present = there != work_.observed.networks.end();
    if (spec.external) {
        return present ? Need{} : Need{.refused = "network " + spec.name.value + " is external and does not exist"};
    }
    if (present && there->second.labels.contains(std::string(labels::project))) return {};
    if (present) {
        return {.refused = "a network called " + spec.name.value +
                           " exists that is not of a Compose project; remove it, or declare it external"};
    }
    if (work_.busy(subject)) return {.waits_for = "network " + spec.name.value + " to be created"};
    if (work_.backing_off(subject, {})) return {.refused = work_.history.troubles.at(subject).last_error};
    return {.after = {work_.add({.operation = CreateNetwork{spec},
                                 .subject = subject,
                                 .object = spec.name.value,
                                 .reason = "not found"})}};
}

const Need& Resources::volume(const VolumeName& name) {
    const auto known = volumes_.find(name);
    if (known != volumes_.end()) return known->second;
    const auto& specs = work_.desired.project.volumes;
    const auto spec = specs.find(name);
    return volumes_[name] = spec == specs.end() ? Need{} : make_volume(spec->second);
}

Need Resources::make_volume(const VolumeSpec& spec) {
    const Subject subject = subject_of(spec.name);
    if (work_.observed.volumes.contains(spec.name)) return {};
    if (spec.external) return {.refused = "volume " + spec.name.value + " is external and does not exist"};
    if (work_.busy(subject)) return {.waits_for = "volume " + spec.name.value + " to be created"};
    if (work_.backing_off(subject, {})) return {.refused = work_.history.troubles.at(subject).last_error};
    return {.after = {work_.add({.operation = CreateVolume{spec},
                                 .subject = subject,
                                 .object = spec.name.value,
                                 .reason = "not found"})}};
}

}  // namespace dockerext::plan
