#include "plan/swarm_cluster.hpp"

#include "base/joined.hpp"
#include "model/normal_form.hpp"

#include <set>
#include <string>
#include <utility>

namespace dockerext::plan {

using namespace model;

namespace {

/// "10.20.0.0/16, fd00::/48", in an order that does not matter.
std::string text_of_pools(const std::vector<std::string>& pools) {
    std::set<std::string> sorted;
    for (const std::string& pool : pools) sorted.insert(normal::ip_prefix(pool));
    return joined(sorted, ", ");
}

/// A swarm keeps the pools with which it was initialized (moby#30455).
void compare_pools(SwarmWork& work, const ObservedCluster& cluster) {
    const SwarmSettings& settings = work.desired.settings;
    const std::string have = text_of_pools(cluster.address_pools);
    const std::string want = text_of_pools(settings.address_pools);
    const bool differs =
        !settings.address_pools.empty() &&
        (have != want || (settings.subnet_size && settings.subnet_size != cluster.subnet_size));
    if (!differs) return;
    const auto with_size = [](const std::string& pools, std::uint32_t size) {
        return pools + " in networks of /" + std::to_string(size);
    };
    work.notes.push_back("swarm.address-pool applies only when a swarm is initialized: this one has " +
                         with_size(have, cluster.subnet_size) + ", the settings ask for " +
                         with_size(want, settings.subnet_size.value_or(cluster.subnet_size)));
}

struct SpecChanges {
    UpdateSwarm update{};
    std::vector<Change> changes{};
};

SpecChanges spec_changes(const SwarmSettings& settings, const ObservedCluster& cluster) {
    SpecChanges spec;
    const auto word = [](bool value) { return value ? "true" : "false"; };
    if (settings.autolock != cluster.autolock) {
        spec.update.autolock = settings.autolock;
        spec.changes.push_back({"autolock", word(cluster.autolock), word(settings.autolock)});
    }
    if (settings.task_history && *settings.task_history != cluster.task_history) {
        spec.update.task_history = settings.task_history;
        spec.changes.push_back(
            {"task-history", std::to_string(cluster.task_history), std::to_string(*settings.task_history)});
    }
    return spec;
}

}  // namespace

void plan_cluster(SwarmWork& work) {
    if (!work.observed.cluster) return;
    compare_pools(work, *work.observed.cluster);
    SpecChanges spec = spec_changes(work.desired.settings, *work.observed.cluster);
    if (spec.changes.empty())
        return work.report(cluster_part.name, work.notes.empty() ? PartState::ok : PartState::unmanaged,
                           joined(work.notes, "; "));
    if (!work.begin(cluster_part, "changing " + fields_of(spec.changes))) return;
    work.add({.operation = spec.update,
              .subject = cluster_part,
              .object = "the swarm",
              .reason = reason_of(spec.changes),
              .changes = std::move(spec.changes)});
}

}  // namespace dockerext::plan
