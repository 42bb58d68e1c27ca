#include "plan/namespaces.hpp"

#include "model/joining.hpp"

#include <algorithm>

namespace dockerext::plan {

using namespace model;

namespace {

NamespaceOwner owner_from(const ObservedContainer& container) {
    return {container.id, container.name, container.state == ContainerState::running, container.started_at};
}

constexpr std::size_t id_length = 64;

bool is_busy(const Work& work, const NamespaceOwner& owner) {
    const auto ours = work.observed.containers.find(owner.id);
    return ours != work.observed.containers.end() && work.busy(subject_of(ours->second.slot));
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
    const std::string_view wanted = joined_owner(want), joined = joined_owner(have);
    if (want == have || wanted.empty() || joined.empty()) return want == have;
    const bool by_name = wanted.size() != id_length;
    const auto owner = by_name ? find_owner(wanted, expected.observed) : std::nullopt;
    return owner ? owner->id.value == joined : by_name;
}

std::optional<Stranded> stranded(const Work& work, const ObservedContainer& container) {
    if (container.state != ContainerState::running) return std::nullopt;
    const auto followed = work.history.followed.find(container.id);
    std::optional<Stranded> found;
    for (const Joining& joining : joinings(container.spec)) {
        const auto owner = find_owner(joining.owner, work.observed);
        if (!owner || !owner->running || owner->started_at <= container.started_at) continue;
        if (followed != work.history.followed.end() && followed->second >= owner->started_at) continue;
        if (is_busy(work, *owner) || (found && found->owner_started >= owner->started_at)) continue;
        const std::string& name = owner->name.value;
        found = {owner->started_at,
                 name + ", whose " + std::string(joining.what) + " it shares, was started after it",
                 {std::string(joining.field), "of an earlier run of " + name, "of " + name}};
    }
    return found;
}

}  // namespace dockerext::plan
