#include "observe/marks.hpp"

#include <algorithm>

namespace dockerext::observe {
namespace {

std::string text_of(const std::map<std::string, std::string>& texts, std::string_view key) {
    const auto found = texts.find(std::string(key));
    return found == texts.end() ? "" : found->second;
}

/// Whether the event is about a container of the project, or about one that has or takes a desired name.
bool concerns_project(const ProjectSnapshot& known, const engine::Event& event) {
    const model::ContainerId id{event.id};
    if (known.observed.containers.contains(id) || known.claims(event.attributes)) return true;
    for (const auto& [name, holder] : known.observed.foreign_names) {
        if (holder == id) return true;
    }
    return known.tracked.names.contains({text_of(event.attributes, "name")});
}

bool concerns_an_owner(const ProjectSnapshot& known, const engine::Event& event) {
    if (known.owners.contains(event.id) || known.owners.contains(text_of(event.attributes, "name")))
        return true;
    return std::any_of(known.observed.owners.begin(), known.observed.owners.end(),
                       [&](const auto& owner) { return owner.second.id.value == event.id; });
}

/// Whether a foreign container joins, leaves or was on a network of the project.
bool concerns_a_network(const ProjectSnapshot& known, const model::ContainerId& container,
                        const model::NetworkId& network) {
    return std::any_of(known.observed.networks.begin(), known.observed.networks.end(), [&](const auto& each) {
        if (each.second.id == network) return true;
        const auto users = known.network_users.find(each.second.id);
        return users != known.network_users.end() && users->second.contains(container);
    });
}

}  // namespace

bool Marks::any() const noexcept {
    return engine || containers || images || networks || volumes || owners || network_users ||
           !container_ids.empty();
}

void Marks::add(const Marks& more) {
    engine = engine || more.engine;
    containers = containers || more.containers;
    images = images || more.images;
    networks = networks || more.networks;
    volumes = volumes || more.volumes;
    owners = owners || more.owners;
    network_users = network_users || more.network_users;
    container_ids.insert(more.container_ids.begin(), more.container_ids.end());
}

void Marks::mark_all() {
    containers = true;
    images = true;
    networks = true;
    volumes = true;
    owners = true;
}

void Marks::mark(model::Subject::Kind kind) {
    switch (kind) {
    case model::Subject::Kind::container: containers = true; break;
    case model::Subject::Kind::network: networks = true; break;
    case model::Subject::Kind::volume: volumes = true; break;
    case model::Subject::Kind::image: images = true; break;
    case model::Subject::Kind::part: break;  // part of the machine
    }
}

void Marks::mark(const model::ContainerId& id) {
    if (!containers) container_ids.insert(id);
}

/// Ignores mount and unmount events of volumes: they do not change the volume.
void Marks::mark(const engine::Event& event, const ProjectSnapshot& known) {
    if (event.type == "container") {
        if (concerns_project(known, event)) mark(model::ContainerId{event.id});
        if (concerns_an_owner(known, event)) owners = true;
        const bool owned = known.observed.containers.contains({event.id});
        if (event.action == "destroy" && !owned && concerns_a_network(known, {event.id}, {}))
            network_users = true;
    } else if (event.type == "network") {
        const model::ContainerId container{text_of(event.attributes, "container")};
        if (container.empty()) networks = true;
        else if (known.observed.containers.contains(container)) mark(container);
        else if (concerns_a_network(known, container, {event.id})) network_users = true;
    } else if (event.type == "volume") {
        const bool mounting = event.action == "mount" || event.action == "unmount";
        if (!mounting && (known.tracked.all_volumes || known.tracked.volumes.contains({event.id})))
            volumes = true;
    } else if (event.type == "image") {
        images = true;
    }
}

void Marks::mark_unknown(const ProjectSnapshot& known) {
    for (const auto& [id, unknown] : known.unknown) mark(id);
    for (const auto& [subject, unknown] : known.observed.unknown) {
        const bool is_single_container =
            subject.kind == model::Subject::Kind::container && !subject.name.empty();
        if (subject == model::engine_facts()) engine = true;
        else if (!is_single_container) mark(subject.kind);
    }
}

}  // namespace dockerext::observe
