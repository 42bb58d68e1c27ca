#include "plan/rollout.hpp"

#include "model/labels.hpp"
#include "model/side_by_side.hpp"
#include "plan/config_hash.hpp"

#include <algorithm>
#include <utility>

namespace dockerext::plan {

using namespace model;

namespace {

std::string files_label(const ContainerSpec& spec) {
    const auto label = spec.labels.find(std::string(labels::files));
    return label == spec.labels.end() ? "" : label->second;
}

/// Whether the container was created from other settings, or from another image than the wanted one.
bool is_outdated(const Work& work, const Service& service, const ObservedContainer& container) {
    const auto image = work.observed.images.find(service.container.image);
    if (image != work.observed.images.end() && image->second.id != container.image_id) return true;
    return files_label(service.container) != files_label(container.spec) ||
           !matches_config_hash(service, container);
}

/// Whether the new version is being tried, or will be tried again.
bool has_turn(const Work& work, const Service& service, const Subject& subject, const Roles& roles) {
    if (roles.current == nullptr) return false;
    if (roles.successor != nullptr) return true;
    // The steps under way may create a successor that the snapshot does not show yet.
    const bool is_tried = work.busy(subject) || work.history.failed_rollouts.contains(subject);
    return is_tried && work.given_up(subject) == nullptr && is_outdated(work, service, *roles.current);
}

std::string delay_text(const Service& service) { return std::to_string(service.update.delay.count()) + " s"; }

/// Holds the replica until update_config.delay has passed. An update in the future was before the clock was
/// set back.
bool is_delayed(const Replica& replica) {
    const auto last = replica.work.history.last_update.find(replica.service.name);
    if (last == replica.work.history.last_update.end()) return false;
    const auto passed = replica.work.observed.at - last->second;
    const auto left = replica.service.update.delay - passed;
    if (passed < passed.zero() || left <= left.zero()) return false;
    replica.work.hold({replica.subject, replica.service.name, Held::Why::delayed,
                       "waits for " + delay_text(replica.service) + " after another replica was replaced",
                       replica.work.now + left});
    return true;
}

/// Former settings that are in force again name images by their ids (reconcile/put_back.hpp).
bool comes_back(const Service& service) { return service.container.image.value.starts_with("sha256:"); }

}  // namespace

bool is_paused(const Rollout& rollout, const Service& service) {
    return !service.update.tolerates(rollout.failed, service.scale);
}

bool is_update(const Replica& replica, const ObservedContainer& old) {
    return is_alive(old) && is_outdated(replica.work, replica.service, old);
}

std::string why_not_back(const Replica& replica) {
    const bool is_asked = replica.service.update.failure_action == UpdateConfig::FailureAction::rollback ||
                          replica.work.desired.policy.rollback.value_or(false);
    return is_asked && replica.service.never_rolls_back
               ? "; the service does not go back (x-dockerextd.rollback: never)"
               : "";
}

Need image_gate(const Replica& replica, const ObservedContainer* old) {
    bool is_gated = replica.work.awaited_jobs.contains(replica.service.name);
    if (old != nullptr && is_outdated(replica.work, replica.service, *old)) {
        replica.work.has_updates = replica.work.has_updates || is_alive(*old);
        const Verdict verdict = judge(replica.service, *old, replica.work.history).verdict;
        is_gated = is_gated || is_alive(*old) || verdict == Verdict::completed;
    }
    return is_gated && !comes_back(replica.service) ? replica.work.images : Need{};
}

bool gets_another_image(const Replica& replica, const ObservedContainer& old) {
    return replica.work.given_up(replica.subject) == nullptr &&
           old.spec.image != replica.service.container.image && is_update(replica, old);
}

Rollout rollout_of(const Work& work, const Service& service, const std::vector<Containers>& by_replica) {
    Rollout rollout;
    if (service.scale < 2 && work.history.failed_rollouts.empty()) return rollout;
    for (unsigned number = 1; number <= service.scale; ++number) {
        const Subject subject = subject_of(Slot{service.name, number});
        const Roles roles =
            roles_of(by_replica[number - 1], final_name(work.desired.project.name, service, number));
        if (has_turn(work, service, subject, roles)) rollout.turns.insert(number);
        const FailedRollout* const failed = work.given_up(subject);
        const bool counts =
            failed != nullptr && roles.current != nullptr && is_outdated(work, service, *roles.current);
        if (counts && ++rollout.failed == 1)
            rollout.failure = to_string(subject) + " failed: " + failed->error;
    }
    return rollout;
}

Need take_turn(const Replica& replica, const ObservedContainer& old) {
    const Service& service = replica.service;
    const bool is_broken = judge(service, old, replica.work.history).verdict == Verdict::broken;
    if (service.scale < 2 || is_broken || !is_outdated(replica.work, service, old)) return {};
    Rollout& rollout = replica.rollout;
    if (is_paused(rollout, service)) {
        return {.refused = "update paused, because " + rollout.failure +
                           "; it goes on with new settings or `dockerextd reconcile`" +
                           why_not_back(replica)};
    }
    if (!is_alive(old)) return {};
    const unsigned parallelism = service.update.parallelism;
    if (rollout.turns.contains(replica.number)) return {};
    if (parallelism != 0 && rollout.turns.size() >= parallelism)
        return {.waits_for = std::string(other_turns)};
    if (is_delayed(replica))
        return {.waits_for = delay_text(service) + " to pass since another replica was replaced"};
    rollout.turns.insert(replica.number);
    return {};
}

SwapOrder swap_order(const Replica& replica, const ObservedContainer& old) {
    if (replica.service.update.order != UpdateConfig::Order::start_first) return {};
    std::string why = why_not_side_by_side(replica.work.desired.project, replica.service);
    return {.starts_first = why.empty() && is_alive(old), .why_stop_first = std::move(why)};
}

bool starts_first(const Replica& replica, const ObservedContainer& old) {
    return swap_order(replica, old).starts_first;
}

}  // namespace dockerext::plan
