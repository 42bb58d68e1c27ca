#include "observe/observer.hpp"

#include "base/clock.hpp"
#include "model/joining.hpp"
#include "model/labels.hpp"
#include "model/ownership.hpp"

#include <algorithm>
#include <utility>

namespace dockerext::observe {
namespace {

std::string text_of(const std::map<std::string, std::string>& texts, std::string_view key) {
    const auto found = texts.find(std::string(key));
    return found == texts.end() ? "" : found->second;
}

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

Observer::Wanted Observer::wanted_by(const model::Project& project) {
    Wanted wanted{.project = project.name,
                  .names = {},
                  .images = {},
                  .networks = keys_of(project.networks),
                  .volumes = keys_of(project.volumes),
                  .owners = {},
                  .all_volumes = false};
    for (const auto& [name, service] : project.services) {
        for (model::Joining& joining : model::joinings(service.container))
            wanted.owners.insert(std::move(joining.owner));
        add_names(wanted.names, project, service);
        wanted.images.insert(service.container.image);
    }
    return wanted;
}

void Observer::want(const model::Project& project) {
    Wanted before = std::exchange(wanted_, wanted_by(project));
    const bool other_project = wanted_.project != before.project;
    if (other_project || wanted_.names != before.names) marks_.containers = true;
    if (other_project || wanted_.networks != before.networks) marks_.networks = true;
    if (wanted_.volumes != before.volumes) marks_.volumes = true;
    if (wanted_.images != before.images) marks_.images = true;
}

void Observer::want_volumes_of(const model::ProjectName& project) {
    want({.name = project});
    wanted_.all_volumes = true;
    marks_.volumes = true;
}

void Observer::forget() {
    snapshot_ = {};
    unknown_.clear();
    network_users_.clear();
    wanted_ = {};
    marks_ = {};
}

void Observer::mark_all() {
    marks_.containers = true;
    marks_.images = true;
    marks_.networks = true;
    marks_.volumes = true;
    marks_.owners = true;
}

/// Ignores mount and unmount events of volumes: they do not change the volume.
void Observer::mark(const engine::Event& event) {
    if (event.type == "container") {
        if (concerns_us(event)) mark(model::ContainerId{event.id});
        if (concerns_an_owner(event)) marks_.owners = true;
        const bool ours = snapshot_.containers.contains({event.id});
        if (event.action == "destroy" && !ours && concerns_a_network({event.id}, {}))
            marks_.network_users = true;
    } else if (event.type == "network") {
        const model::ContainerId container{text_of(event.attributes, "container")};
        if (container.empty()) marks_.networks = true;
        else if (snapshot_.containers.contains(container)) mark(container);
        else if (concerns_a_network(container, {event.id})) marks_.network_users = true;
    } else if (event.type == "volume") {
        const bool mounting = event.action == "mount" || event.action == "unmount";
        if (!mounting && (wanted_.all_volumes || wanted_.volumes.contains({event.id}))) marks_.volumes = true;
    } else if (event.type == "image") {
        marks_.images = true;
    }
}

bool Observer::dirty() const noexcept {
    return marks_.engine || marks_.containers || marks_.images || marks_.networks || marks_.volumes ||
           marks_.owners || marks_.network_users || !marks_.some.empty();
}

/// Whether the event is about a container of the project, or about one that has or takes a desired name.
bool Observer::concerns_us(const engine::Event& event) const {
    const model::ContainerId id{event.id};
    if (snapshot_.containers.contains(id) || claims(event.attributes)) return true;
    for (const auto& [name, holder] : snapshot_.foreign_names) {
        if (holder == id) return true;
    }
    return wanted_.names.contains({text_of(event.attributes, "name")});
}

bool Observer::concerns_an_owner(const engine::Event& event) const {
    if (owners_.contains(event.id) || owners_.contains(text_of(event.attributes, "name"))) return true;
    return std::any_of(snapshot_.owners.begin(), snapshot_.owners.end(),
                       [&](const auto& owner) { return owner.second.id.value == event.id; });
}

/// Whether a foreign container joins, leaves or was on a network of the project.
bool Observer::concerns_a_network(const model::ContainerId& container,
                                  const model::NetworkId& network) const {
    return std::any_of(snapshot_.networks.begin(), snapshot_.networks.end(), [&](const auto& each) {
        if (each.second.id == network) return true;
        const auto users = network_users_.find(each.second.id);
        return users != network_users_.end() && users->second.contains(container);
    });
}

bool Observer::is_wanted(const model::ObservedVolume& volume) const {
    if (wanted_.volumes.contains(volume.name)) return true;
    return wanted_.all_volumes && model::belongs_to(wanted_.project, volume.labels, model::labels::volume);
}

/// Whether the owner is a container of the project.
bool Observer::is_known(const std::string& owner) const {
    return std::any_of(snapshot_.containers.begin(), snapshot_.containers.end(), [&](const auto& each) {
        return each.first.value == owner || each.second.name.value == owner;
    });
}

std::set<std::string> Observer::foreign_owners() const {
    std::set<std::string> owners = wanted_.owners;
    for (const auto& [id, container] : snapshot_.containers) {
        for (model::Joining& joining : model::joinings(container.spec))
            owners.insert(std::move(joining.owner));
    }
    std::erase_if(owners, [&](const std::string& owner) { return is_known(owner); });
    return owners;
}

void Observer::mark(const model::ContainerId& id) {
    if (!marks_.containers) marks_.some.insert(id);
}

void Observer::mark(model::Subject::Kind kind) {
    switch (kind) {
    case model::Subject::Kind::container: marks_.containers = true; break;
    case model::Subject::Kind::network: marks_.networks = true; break;
    case model::Subject::Kind::volume: marks_.volumes = true; break;
    case model::Subject::Kind::image: marks_.images = true; break;
    case model::Subject::Kind::part: break;  // part of the machine
    }
}

void Observer::mark_unknown() {
    for (const auto& [id, unknown] : unknown_) mark(id);
    for (const auto& [subject, unknown] : snapshot_.unknown) {
        const bool one_of_several = subject.kind == model::Subject::Kind::container && !subject.name.empty();
        if (subject == model::engine_facts()) marks_.engine = true;
        else if (!one_of_several) mark(subject.kind);
    }
}

void Observer::Marks::add(const Marks& more) {
    engine = engine || more.engine;
    containers = containers || more.containers;
    images = images || more.images;
    networks = networks || more.networks;
    volumes = volumes || more.volumes;
    owners = owners || more.owners;
    some.insert(more.some.begin(), more.some.end());
}

void Observer::note_unknown(model::Subject::Kind kind, const std::map<model::Subject, Error>& errors) {
    std::map<model::Subject, model::Unknown> now;
    for (const auto& [subject, error] : errors) {
        const model::Unknown* const before = unknown_of(snapshot_, subject);
        now[subject] = {error, before == nullptr ? wall_now() : before->since};
    }
    std::erase_if(snapshot_.unknown, [&](const auto& entry) { return entry.first.kind == kind; });
    snapshot_.unknown.merge(now);
}

void Observer::note_unlisted(model::Subject::Kind kind, const Error& error) {
    if (error.kind() == ErrorKind::cancelled) return;
    doubt(error);
    note_unknown(kind, {{model::every(kind), error}});
}

void Observer::doubt(const Error& error) {
    if (!doubt_ && is_transient(error.kind())) doubt_ = error;
}

bool Observer::claims(const model::Labels& labels) const {
    return model::claimed_slot(labels, wanted_.project).has_value();
}

/// If the image is gone, nothing proves that the labels are the container's own.
bool Observer::is_ours(const model::ObservedContainer& container) const {
    if (!claims(container.spec.labels)) return false;
    if (model::proves_claim(container.spec.labels, container.image_id)) return true;
    const auto image = image_labels_.find(container.image_id);
    return image != image_labels_.end() && !model::is_claim_inherited(container.spec.labels, image->second);
}

void Observer::forget(const model::ContainerId& id) {
    snapshot_.containers.erase(id);
    std::erase_if(snapshot_.foreign_names, [&](const auto& held) { return held.second == id; });
}

void Observer::leave_networks(const model::ContainerId& id) {
    for (auto& [network, users] : network_users_) users.erase(id);
}

void Observer::place(model::ObservedContainer container) {
    forget(container.id);
    const model::ContainerId id = container.id;
    if (is_ours(container)) snapshot_.containers.emplace(id, std::move(container));
    else if (wanted_.names.contains(container.name))
        snapshot_.foreign_names.insert_or_assign(container.name, id);
}

std::set<std::string> Observer::strangers_on(const model::NetworkId& network) const {
    std::set<std::string> names;
    const auto users = network_users_.find(network);
    if (users == network_users_.end()) return names;
    for (const auto& [id, name] : users->second) {
        if (!snapshot_.containers.contains(id) && !unknown_.contains(id)) names.insert(name);
    }
    return names;
}

/// An earlier list says nothing about the present.
void Observer::complete_snapshot() {
    using Kind = model::Subject::Kind;
    const auto unlisted = [&](Kind kind) { return snapshot_.unknown.contains(model::every(kind)); };
    if (unlisted(Kind::container)) {
        snapshot_.containers.clear();
        snapshot_.foreign_names.clear();
        network_users_.clear();  // their users are unknown
    }
    if (unlisted(Kind::image)) snapshot_.images.clear();
    if (unlisted(Kind::network)) snapshot_.networks.clear();
    if (unlisted(Kind::volume)) snapshot_.volumes.clear();
    for (auto& [name, network] : snapshot_.networks) network.strangers = strangers_on(network.id);
    snapshot_.at = wall_now();
}

}  // namespace dockerext::observe
