#include "observe/object_lists.hpp"

#include "observe/facts_reader.hpp"

namespace dockerext::observe {

Result<std::vector<model::ObservedNetwork>> read_networks(const JsonCursor& list) {
    const auto items = list.items();
    if (!items) return items.error();
    Problems problems;
    std::vector<model::ObservedNetwork> networks;
    for (const JsonCursor& item : *items) {
        ObjectReader network(item, problems);
        networks.push_back({.id = {text_in(network, "Id")},
                            .name = {text_in(network, "Name")},
                            .labels = text_map_in(network, "Labels", problems)});
    }
    return unless_problems(std::move(networks), problems);
}

Result<std::vector<model::ObservedVolume>> read_volumes(const JsonCursor& list) {
    Problems problems;
    ObjectReader reader(list, problems);
    std::vector<model::ObservedVolume> volumes;
    for (ObjectReader& volume : objects_in(reader, "Volumes", problems)) {
        volumes.push_back(
            {.name = {text_in(volume, "Name")}, .labels = text_map_in(volume, "Labels", problems)});
    }
    return unless_problems(std::move(volumes), problems);
}

}  // namespace dockerext::observe
