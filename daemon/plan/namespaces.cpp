#include "plan/namespaces.hpp"

#include "model/shared_namespaces.hpp"

#include <algorithm>

namespace dockerext::plan {

using namespace model;

namespace {

NamespaceOwner owner_from(const ObservedContainer& container) {
    return {container.id, container.name, container.state == ContainerState::running, container.started_at};
}

constexpr std::size_t id_length = 64;

bool is_busy(const Work& work, const NamespaceOwner& owner) {
    const auto own_container = work.observed.containers.find(owner.id);
    return own_container != work.observed.containers.end() &&
           work.busy(subject_of(own_container->second.slot));
}

}  // namespace

std::optional<NamespaceOwner> find_owner(std::string_view owner, const Observed& observed) {
    const auto by_id = observed.containers.find({std::string(owner)});
    if (by_id != observed.containers.end()) return owner_from(by_id->second);
    const auto by_name = std::find_if(observed.containers.begin(), observed.containers.end(),
                                      [&](const auto& each) { return each.second.name.value == owner; });
    if (by_name != observed.containers.end()) return owner_from(by_name->second);
    const auto foreign = observed.owners.find(std::string(owner));
    return foreign == observed.owners.end() ? std::nullopt : std::optional(foreign->second);
}

bool same_namespace(const Expectation& expected, const std::string& want, const std::string& have) {
    const std::string_view desired_owner = namespace_owner_in(want), joined = namespace_owner_in(have);
    if (want == have || desired_owner.empty() || joined.empty()) return want == have;
    const bool by_name = desired_owner.size() != id_length;
    const auto owner = by_name ? find_owner(desired_owner, expected.observed) : std::nullopt;
    return owner ? owner->id.value == joined : by_name;
}

std::optional<StaleNamespace> find_stale_namespace(const Work& work, const ObservedContainer& container) {
    if (container.state != ContainerState::running) return std::nullopt;
    const auto restarted_for = work.history.restarted_for.find(container.id);
    std::optional<StaleNamespace> found;
    for (const SharedNamespace& shared_namespace : shared_namespaces(container.spec)) {
        const auto owner = find_owner(shared_namespace.owner, work.observed);
        if (!owner || !owner->running || owner->started_at <= container.started_at) continue;
        if (restarted_for != work.history.restarted_for.end() && restarted_for->second >= owner->started_at)
            continue;
        if (is_busy(work, *owner) || (found && found->owner_started >= owner->started_at)) continue;
        const std::string& name = owner->name.value;
        found = {owner->started_at,
                 name + ", whose " + std::string(shared_namespace.what) + " it shares, was started after it",
                 {std::string(shared_namespace.field), "of an earlier run of " + name, "of " + name}};
    }
    return found;
}

}  // namespace dockerext::plan
