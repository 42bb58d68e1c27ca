#include "plan/networks.hpp"

#include "base/joined.hpp"
#include "model/labels.hpp"
#include "model/ownership.hpp"
#include "plan/resource_differences.hpp"

#include <algorithm>

namespace dockerext::plan {

using namespace model;

namespace {

/// The steps so far that remove containers, by container.
std::map<ContainerId, StepId> removals_in(const Plan& plan) {
    std::map<ContainerId, StepId> removals;
    for (StepId id = 0; id < plan.steps.size(); ++id) {
        const auto* remove = std::get_if<RemoveContainer>(&plan.steps[id].operation);
        if (remove == nullptr) continue;
        if (const auto* container = std::get_if<ContainerId>(&remove->container))
            removals.emplace(*container, id);
    }
    return removals;
}

/// With labels in any case: without them, nobody would know it as ours.
NetworkSpec former_spec(const ObservedNetwork& network, const NetworkSpec& wanted) {
    return {.name = network.name,
            .driver = network.driver,
            .driver_options = network.driver_options,
            .ipam_driver = network.ipam_driver,
            .ipam_pools = network.ipam_pools,
            .internal = network.internal,
            .attachable = network.attachable,
            .enable_ipv6 = network.enable_ipv6,
            .labels = network.labels.empty() ? wanted.labels : network.labels};
}

/// The desired endpoint of the container on the network, with the aliases that it had there. None if its
/// service does not want the network, or if the container is not wanted.
std::optional<Endpoint> endpoint_on(const NetworkName& network, const ObservedContainer& container,
                                    const Project& project) {
    const auto service = project.services.find(container.slot.service);
    if (service == project.services.end() || container.slot.number > service->second.scale) return {};
    const auto& desired_networks = service->second.container.networks;
    const auto endpoint = desired_networks.find(network);
    if (endpoint == desired_networks.end()) return {};
    Endpoint joined = endpoint->second;
    if (const auto previous_endpoint = container.spec.networks.find(network);
        previous_endpoint != container.spec.networks.end()) {
        joined.aliases.insert(previous_endpoint->second.aliases.begin(),
                              previous_endpoint->second.aliases.end());
        joined.links.insert(previous_endpoint->second.links.begin(), previous_endpoint->second.links.end());
    }
    return joined;
}

/// Checks this before any container is disconnected.
bool can_replace(Work& work, const NetworkName& name, const ObservedNetwork& network,
                 const std::string& reason) {
    const Subject subject = subject_of(name);
    if (!work.desired.policy.repair) {
        work.hold({subject,
                   {},
                   Held::Why::policy,
                   "drift reported, not repaired (reconcile.drift): " + reason,
                   {}});
        return false;
    }
    if (!network.foreign_containers.empty()) {
        work.hold({subject, {}, Held::Why::conflict, reason + "; " + why_not_removed(network), {}});
        return false;
    }
    if (!all_known(Subject::Kind::container, work.observed)) {
        work.hold({subject,
                   {},
                   Held::Why::unknown,
                   reason + ", but the state of some containers that may be on it is unknown; retrying",
                   {}});
        return false;
    }
    const FailedRollout* const failed = work.given_up(subject);
    if (failed == nullptr) return true;
    work.hold({subject,
               {},
               Held::Why::failed,
               reason +
                   "; recreating it failed twice and was rolled back; it stays until the settings change "
                   "or `dockerextd reconcile` (" +
                   failed->error + ")",
               {}});
    return false;
}

/// The containers that have to leave the network before it is removed, and what that waits for.
struct Leaving {
    std::vector<const ObservedContainer*> containers;
    Need need;
};

Leaving leaving(const Work& work, const NetworkName& network) {
    Leaving found;
    const auto removals = removals_in(work.plan);
    for (const auto& [id, container] : work.observed.containers) {
        if (!container.attached.contains(network)) continue;
        if (work.busy(subject_of(container.slot)))
            found.need.waits_for = "work on " + container.name.value + " to end";
        if (const auto removal = removals.find(id); removal != removals.end())
            found.need.after.push_back(removal->second);
        else found.containers.push_back(&container);
    }
    return found;
}

/// Once the first container has left, the replacement has to be completed: until then some containers have no
/// network.
void replace(Work& work, const NetworkSpec& spec, const ObservedNetwork& network,
             const std::vector<Change>& changes) {
    const Subject subject = subject_of(spec.name);
    const std::string reason = changes.front().field + " changed";
    Leaving found = leaving(work, spec.name);
    const std::vector<const ObservedContainer*>& attached_containers = found.containers;
    Need& previous = found.need;
    const auto add = [&](Step step, bool restores) {
        step.restores = restores;
        return work.add(std::move(step), previous);
    };
    std::vector<StepId> disconnects;
    for (const ObservedContainer* container : attached_containers) {
        disconnects.push_back(add({.operation = DisconnectNetwork{container->id, spec.name},
                                   .subject = subject,
                                   .object = container->name.value,
                                   .reason = "network " + spec.name.value + " is recreated"},
                                  !disconnects.empty()));
        previous.after = {disconnects.front()};
    }
    const bool any_disconnected = !disconnects.empty();
    if (any_disconnected) previous.after = std::move(disconnects);
    previous.after = {add({.operation = RemoveNetwork{network.id, spec.name, network},
                           .subject = subject,
                           .object = spec.name.value,
                           .reason = reason,
                           .changes = changes},
                          any_disconnected)};
    previous.after = {add(
        {.operation = CreateNetwork{spec}, .subject = subject, .object = spec.name.value, .reason = reason},
        true)};
    for (const ObservedContainer* container : attached_containers) {
        auto endpoint = endpoint_on(spec.name, *container, work.desired.project);
        if (!endpoint) continue;
        (void)add({.operation = ConnectNetwork{container->id, spec.name, std::move(*endpoint)},
                   .subject = subject_of(container->slot),
                   .service = container->slot.service,
                   .object = container->name.value,
                   .reason = "network " + spec.name.value + " is recreated"},
                  true);
    }
}

Need remove_duplicates(Work& work, const ObservedNetwork& network) {
    const Subject subject = subject_of(network.name);
    if (work.busy(subject) || work.backing_off(subject, {}))
        return {.waits_for = "the duplicate of network " + network.name.value + " to be removed"};
    Need need;
    for (const NetworkId& duplicate : network.unused_duplicates) {
        need.after.push_back(
            work.add({.operation = RemoveNetwork{duplicate, network.name, {}},
                      .subject = subject,
                      .object = network.name.value,
                      .reason = "a second network of this name; the engine connects containers to neither"}));
    }
    return need;
}

/// docker-compose before 1.10 gave networks no labels (the retired Azure Docker VM Extension brought 1.6.2).
/// Such a network is the project's if it has the name that Compose gives, and only our containers are on it.
/// It is recreated with labels, because nobody would know it as ours once its last container has gone.
bool is_of_old_compose(const Work& work, const ObservedNetwork& network) {
    const bool has_its_name = network.name.value.starts_with(work.desired.project.name.value + "_");
    if (!has_its_name || !network.labels.empty() || !network.foreign_containers.empty()) return false;
    const auto former = work.history.former_networks.find(network.name);
    const bool is_being_replaced =
        former != work.history.former_networks.end() && former->second.id == network.id;
    const auto& containers = work.observed.containers;
    return is_being_replaced || std::any_of(containers.begin(), containers.end(), [&](const auto& entry) {
               return entry.second.attached.contains(network.name);
           });
}

/// Containers keep using the old network while it cannot be replaced.
Need reconcile_network(Work& work, const NetworkSpec& spec, const ObservedNetwork& network) {
    if (!network.unused_duplicates.empty()) return remove_duplicates(work, network);
    std::vector<Change> changes = differences(spec, network);
    if (network.labels.empty() && !spec.labels.empty()) changes.push_back({"labels", "(unset)", "Compose's"});
    std::erase_if(changes, [&](const Change& each) { return work.frozen(subject_of(spec.name), {}, each); });
    if (changes.empty()) return {};
    const Subject subject = subject_of(spec.name);
    if (work.busy(subject)) return {.waits_for = "network " + spec.name.value + " to be recreated"};
    if (!can_replace(work, spec.name, network, changes.front().field + " changed")) return {};
    if (work.backing_off(subject, {})) return {};
    replace(work, spec, network, changes);
    return {.waits_for = "network " + spec.name.value + " to be recreated"};
}

}  // namespace

Need provide_network(Work& work, const NetworkSpec& spec) {
    const Subject subject = subject_of(spec.name);
    if (Need known = work.known(subject); !known.refused.empty()) return known;
    const auto there = work.observed.networks.find(spec.name);
    const bool present = there != work.observed.networks.end();
    if (spec.external) {
        return present ? Need{}
                       : Need{.refused = "network " + spec.name.value + " is external and does not exist"};
    }
    if (present) {
        const ObservedNetwork& network = there->second;
        const bool is_ours = belongs_to(work.desired.project.name, network.labels, labels::network) ||
                             is_of_old_compose(work, network);
        if (is_ours) return reconcile_network(work, spec, network);
        if (network.labels.contains(std::string(labels::project))) return {};
        return {.refused = "a network named " + spec.name.value +
                           " exists outside Compose; remove it, or declare it external"};
    }
    if (work.busy(subject)) return {.waits_for = "network " + spec.name.value + " to be created"};
    if (work.backing_off(subject, {}))
        return {.refused = work.history.failure_records.at(subject).last_error};
    const auto former = work.history.former_networks.find(spec.name);
    const bool is_rollback =
        former != work.history.former_networks.end() && work.history.failed_rollouts.contains(subject);
    return {
        .after = {work.add(
            {.operation = CreateNetwork{is_rollback ? former_spec(former->second, spec) : spec, is_rollback},
             .subject = subject,
             .object = spec.name.value,
             .reason = is_rollback ? "rolled back, because recreating it failed" : "not found"})}};
}

std::string why_not_removed(const ObservedNetwork& network) {
    return "containers that are not managed here are attached to this network, which cannot be "
           "removed: " +
           joined(network.foreign_containers, ", ") +
           "; disconnect them with `docker network disconnect -f " + network.name.value +
           " CONTAINER`, or remove them";
}

}  // namespace dockerext::plan
