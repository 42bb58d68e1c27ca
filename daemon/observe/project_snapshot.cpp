#include "observe/project_snapshot.hpp"

#include "base/clock.hpp"
#include "model/labels.hpp"
#include "model/shared_namespaces.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace dockerext::observe {
namespace {

void add_names(std::set<model::ContainerName>& names, const model::Project& project,
               const model::Service& service) {
    if (service.container_name) names.insert(*service.container_name);
    for (unsigned number = 1; number <= service.scale && !service.container_name; ++number) {
        names.insert({project.name.value + "-" + service.name.value + "-" + std::to_string(number)});
    }
}

template <typename Key, typename Value>
std::set<Key> keys_of(const std::map<Key, Value>& map) {
    std::set<Key> keys;
    for (const auto& [key, value] : map) keys.insert(key);
    return keys;
}

}  // namespace

Tracked tracked_by(const model::Project& project) {
    Tracked tracked{.project = project.name,
                    .names = {},
                    .images = {},
                    .networks = keys_of(project.networks),
                    .volumes = keys_of(project.volumes),
                    .owners = {},
                    .all_volumes = false,
                    .all_images = false};
    for (const auto& [name, service] : project.services) {
        for (model::SharedNamespace& shared_namespace : model::shared_namespaces(service.container))
            tracked.owners.insert(std::move(shared_namespace.owner));
        add_names(tracked.names, project, service);
        tracked.images.insert(service.container.image);
        if (service.followed) tracked.images.insert(service.followed->image);
    }
    return tracked;
}

bool ProjectSnapshot::claims(const model::Labels& labels) const {
    return model::claimed_slot(labels, tracked.project).has_value();
}

/// If the image is gone, nothing proves that the labels are the container's own.
bool ProjectSnapshot::is_of_project(const model::ObservedContainer& container) const {
    if (!claims(container.spec.labels)) return false;
    if (model::proves_claim(container.spec.labels, container.image_id)) return true;
    const auto image = image_labels.find(container.image_id);
    return image != image_labels.end() && !model::is_claim_inherited(container.spec.labels, image->second);
}

bool ProjectSnapshot::is_tracked(const model::ObservedVolume& volume) const {
    if (tracked.volumes.contains(volume.name)) return true;
    return tracked.all_volumes && model::belongs_to(tracked.project, volume.labels, model::labels::volume);
}

/// Whether the owner is a container of the project.
bool ProjectSnapshot::is_own_container(const std::string& owner) const {
    return std::any_of(observed.containers.begin(), observed.containers.end(), [&](const auto& each) {
        return each.first.value == owner || each.second.name.value == owner;
    });
}

std::set<std::string> ProjectSnapshot::foreign_owners() const {
    std::set<std::string> foreign = tracked.owners;
    for (const auto& [id, container] : observed.containers) {
        for (model::SharedNamespace& shared_namespace : model::shared_namespaces(container.spec))
            foreign.insert(std::move(shared_namespace.owner));
    }
    std::erase_if(foreign, [&](const std::string& owner) { return is_own_container(owner); });
    return foreign;
}

void ProjectSnapshot::record_unknown(model::Subject::Kind kind,
                                     const std::map<model::Subject, Error>& errors) {
    std::map<model::Subject, model::Unknown> now;
    for (const auto& [subject, error] : errors) {
        const model::Unknown* const before = unknown_of(observed, subject);
        now[subject] = {error, before == nullptr ? wall_now() : before->since};
    }
    std::erase_if(observed.unknown, [&](const auto& entry) { return entry.first.kind == kind; });
    observed.unknown.merge(now);
}

void ProjectSnapshot::forget(const model::ContainerId& id) {
    observed.containers.erase(id);
    std::erase_if(observed.foreign_names, [&](const auto& held) { return held.second == id; });
}

void ProjectSnapshot::remove_from_networks(const model::ContainerId& id) {
    for (auto& [network, users] : network_users) users.erase(id);
}

void ProjectSnapshot::store_container(model::ObservedContainer container) {
    forget(container.id);
    const model::ContainerId id = container.id;
    if (is_of_project(container)) observed.containers.emplace(id, std::move(container));
    else if (tracked.names.contains(container.name))
        observed.foreign_names.insert_or_assign(container.name, id);
}

bool ProjectSnapshot::is_of_project(const model::ObservedNetwork& network) const {
    return model::belongs_to(tracked.project, network.labels, model::labels::network);
}

std::size_t ProjectSnapshot::count_users(const model::NetworkId& network) const {
    const auto is_attached = [&](const auto& own) {
        return std::any_of(own.second.attached.begin(), own.second.attached.end(),
                           [&](const auto& attached) { return attached.second == network; });
    };
    const auto own = std::count_if(observed.containers.begin(), observed.containers.end(), is_attached);
    return static_cast<std::size_t>(own) + foreign_containers_on(network).size();
}

/// Two requests to create a network that overlap can both succeed. Of networks with one name, prefers the
/// project's own, then those with more containers; the id makes the choice stable.
void ProjectSnapshot::select_networks() {
    observed.networks.clear();
    std::map<model::NetworkName, std::vector<const model::ObservedNetwork*>> by_name;
    for (const model::ObservedNetwork& network : networks) {
        const model::NetworkName by_id{network.id.value};  // an external network may be named by its id
        if (tracked.networks.contains(by_id)) observed.networks.emplace(by_id, network);
        const bool is_relevant = is_of_project(network) || tracked.networks.contains(network.name);
        if (is_relevant) by_name[network.name].push_back(&network);
    }
    const auto rank = [&](const model::ObservedNetwork* network) {
        return std::tuple(is_of_project(*network), count_users(network->id), network->id);
    };
    const bool are_users_known =
        unknown.empty() && !observed.unknown.contains(model::every(model::Subject::Kind::container));
    for (const auto& [name, same] : by_name) {
        const auto* const selected = *std::max_element(
            same.begin(), same.end(), [&](auto left, auto right) { return rank(left) < rank(right); });
        model::ObservedNetwork& network = observed.networks.emplace(name, *selected).first->second;
        for (const auto* const each : same) {
            const bool is_unused = are_users_known && each != selected && count_users(each->id) == 0;
            if (is_unused && is_of_project(*each)) network.unused_duplicates.insert(each->id);
        }
    }
}

std::set<std::string> ProjectSnapshot::foreign_containers_on(const model::NetworkId& network) const {
    std::set<std::string> names;
    const auto users = network_users.find(network);
    if (users == network_users.end()) return names;
    for (const auto& [id, name] : users->second) {
        if (!observed.containers.contains(id) && !unknown.contains(id)) names.insert(name);
    }
    return names;
}

/// An earlier list says nothing about the present.
void ProjectSnapshot::complete_snapshot() {
    using Kind = model::Subject::Kind;
    const auto unlisted = [&](Kind kind) { return observed.unknown.contains(model::every(kind)); };
    if (unlisted(Kind::container)) {
        observed.containers.clear();
        observed.foreign_names.clear();
        network_users.clear();  // their users are unknown
    }
    if (unlisted(Kind::image)) {
        observed.images.clear();
        observed.listed_images.reset();
    }
    if (unlisted(Kind::network)) networks.clear();
    if (unlisted(Kind::volume)) observed.volumes.clear();
    select_networks();
    for (auto& [name, network] : observed.networks)
        network.foreign_containers = foreign_containers_on(network.id);
    observed.at = wall_now();
}

std::vector<model::ContainerId> ProjectSnapshot::unresponsive_last(
    std::vector<model::ContainerId> ids) const {
    std::stable_partition(ids.begin(), ids.end(), [&](const auto& id) { return !unknown.contains(id); });
    return ids;
}

}  // namespace dockerext::observe
