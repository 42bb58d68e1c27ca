#include "plan/slots.hpp"

#include "model/labels.hpp"

#include <algorithm>
#include <tuple>

namespace dockerext::plan {

using namespace model;

namespace {

/// What makes a container the slot's own, in decreasing importance.
auto precedence(const ObservedContainer& container, const ContainerName& name) {
    return std::tuple(container.name != name, container.state != ContainerState::running,
                      container.state == ContainerState::dead, container.id);
}

const ObservedContainer* extract_best(Containers& containers, const ContainerName& name) {
    if (containers.empty()) return nullptr;
    const auto best = std::min_element(
        containers.begin(), containers.end(),
        [&](const auto* a, const auto* b) { return precedence(*a, name) < precedence(*b, name); });
    const ObservedContainer* const taken = *best;
    containers.erase(best);
    return taken;
}

bool is_successor_of(const ObservedContainer& successor, const ObservedContainer& old) {
    return successor.name.value.compare(0, successor_prefix_length, old.id.value, 0,
                                        successor_prefix_length) == 0;
}

}  // namespace

ContainerName final_name(const ProjectName& project, const Service& service, unsigned number) {
    if (service.container_name) return *service.container_name;
    return {project.value + "-" + service.name.value + "-" + std::to_string(number)};
}

ContainerName temporary_name(const ContainerId& id, const ContainerName& name) {
    return {id.value.substr(0, successor_prefix_length) + "_" + name.value};
}

bool is_alive(const ObservedContainer& container) {
    return container.state == ContainerState::running || container.state == ContainerState::paused ||
           container.state == ContainerState::restarting;
}

std::chrono::seconds grace_of(const ObservedContainer& container) {
    return container.spec.stop_timeout.value_or(std::chrono::seconds(10));
}

bool is_successor(const ObservedContainer& container) {
    static const std::string label(labels::replace);
    const std::string& name = container.name.value;
    return name.size() > successor_prefix_length + 1 && name[successor_prefix_length] == '_' &&
           name.find_first_not_of("0123456789abcdef") == successor_prefix_length &&
           container.spec.labels.contains(label);
}

Roles roles_of(const Containers& containers, const ContainerName& name) {
    if (containers.size() == 1) return {.current = containers.front()};
    Containers regular, successors;
    for (const ObservedContainer* container : containers) {
        (is_successor(*container) ? successors : regular).push_back(container);
    }
    Roles roles;
    roles.current = extract_best(regular.empty() ? successors : regular, name);
    if (roles.current != nullptr) {
        const auto found = std::find_if(successors.begin(), successors.end(), [&](const auto* each) {
            return is_successor_of(*each, *roles.current);
        });
        if (found != successors.end()) {
            roles.successor = *found;
            successors.erase(found);
        }
    }
    roles.surplus = std::move(regular);
    roles.surplus.insert(roles.surplus.end(), successors.begin(), successors.end());
    return roles;
}

Containers by_slot(const Observed& observed) {
    Containers containers;
    containers.reserve(observed.containers.size());
    for (const auto& [id, container] : observed.containers) containers.push_back(&container);
    // The map is already ordered by id.
    std::stable_sort(containers.begin(), containers.end(),
                     [](const auto* a, const auto* b) { return a->slot < b->slot; });
    return containers;
}

}  // namespace dockerext::plan
