#include "observe/stack_facts.hpp"

#include "base/base64.hpp"
#include "base/json_document.hpp"
#include "model/labels.hpp"
#include "observe/facts_reader.hpp"
#include "observe/object_lists.hpp"

#include <set>

namespace dockerext::observe {
namespace {

/// The number of the network's VXLAN, which the engine chooses.
constexpr const char* vxlan_option = "com.docker.network.driver.overlay.vxlanid_list";

unsigned tasks_in(ObjectReader& reader, std::string_view key) {
    return static_cast<unsigned>(count_in(reader, key));
}

/// DesiredTasks of a replicated job are those that run at the same time, and those of a global job have not
/// ended yet.
unsigned wanted_in(ObjectReader& spec, ObjectReader& status, Problems& problems) {
    ObjectReader mode = object_in(spec, "Mode", problems);
    if (mode.take("ReplicatedJob")) {
        ObjectReader job = object_in(mode, "ReplicatedJob", problems);
        return tasks_in(job, "TotalCompletions");
    }
    const unsigned desired = tasks_in(status, "DesiredTasks");
    return mode.take("GlobalJob") ? desired + tasks_in(status, "CompletedTasks") : desired;
}

model::ObservedStackService read_service(ObjectReader& json, Problems& problems) {
    ObjectReader version = required_object_in(json, "Version", problems);
    ObjectReader spec = required_object_in(json, "Spec", problems);
    ObjectReader status = required_object_in(json, "ServiceStatus", problems);
    ObjectReader update = object_in(json, "UpdateStatus", problems);
    const auto state = word_in<model::ServiceUpdate>(update, "State", problems);
    return {.id = required_text_in(json, "ID", problems),
            .name = required_text_in(spec, "Name", problems),
            .version = static_cast<std::uint64_t>(count_in(version, "Index")),
            .spec = spec.cursor().text(),
            .update = state.value_or(model::ServiceUpdate::none),
            .update_message = text_in(update, "Message"),
            .running = tasks_in(status, "RunningTasks"),
            .wanted = wanted_in(spec, status, problems),
            .completed = tasks_in(status, "CompletedTasks")};
}

std::string data_in(ObjectReader& spec, Problems& problems) {
    auto data = from_base64(text_in(spec, "Data"));
    if (!data) problems.add(spec.cursor().pointer() + "/Data", "is not base64");
    return data ? std::move(*data) : std::string();
}

model::ObservedStackFile read_file(ObjectReader& json, model::StackFileKind kind, Problems& problems) {
    ObjectReader spec = required_object_in(json, "Spec", problems);
    model::ObservedStackFile file{.kind = kind,
                                  .id = required_text_in(json, "ID", problems),
                                  .name = required_text_in(spec, "Name", problems),
                                  .labels = text_map_in(spec, "Labels", problems)};
    if (kind == model::StackFileKind::config) file.data = data_in(spec, problems);
    return file;
}

model::ObservedStackNetwork stack_network(model::ObservedNetwork network) {
    network.driver_options.erase(vxlan_option);
    return {.id = std::move(network.id),
            .spec = {.name = std::move(network.name),
                     .driver = std::move(network.driver),
                     .driver_options = std::move(network.driver_options),
                     .ipam_driver = std::move(network.ipam_driver),
                     .ipam_pools = std::move(network.ipam_pools),
                     .internal = network.internal,
                     .attachable = network.attachable,
                     .enable_ipv6 = network.enable_ipv6,
                     .labels = std::move(network.labels)}};
}

}  // namespace

Result<std::map<std::string, model::ObservedStackService>> read_stack_services(const JsonCursor& list) {
    Problems problems;
    std::map<std::string, model::ObservedStackService> services;
    for (ObjectReader& json : objects_of(list, problems)) {
        model::ObservedStackService service = read_service(json, problems);
        services.insert_or_assign(service.name, std::move(service));
    }
    return unless_malformed(std::move(services), problems);
}

bool needs_tasks(const model::ObservedStackService& service) {
    if (service.running + service.completed < service.wanted) return true;
    const auto spec = JsonDocument::parse(service.spec);
    if (!spec) return false;
    Problems ignored;
    ObjectReader json(spec->root(), ignored);
    return object_in(json, "Mode", ignored).take("GlobalJob").has_value();
}

Result<std::vector<model::ObservedStackFile>> read_stack_files(const JsonCursor& list,
                                                               model::StackFileKind kind) {
    Problems problems;
    std::vector<model::ObservedStackFile> files;
    for (ObjectReader& json : objects_of(list, problems)) files.push_back(read_file(json, kind, problems));
    return unless_malformed(std::move(files), problems);
}

Result<StackNetworks> read_stack_networks(const JsonCursor& list) {
    Problems problems;
    std::set<std::string> of_swarm;  // ids and names
    for (ObjectReader& json : objects_of(list, problems)) {
        if (text_in(json, "Scope") != "swarm") continue;
        of_swarm.insert(required_text_in(json, "Id", problems));
        of_swarm.insert(required_text_in(json, "Name", problems));
    }
    auto listed = read_networks(list);
    if (!listed) return Error(ErrorKind::unavailable, listed.error().message());
    for (const auto& [name, error] : listed->unreadable) {
        if (of_swarm.contains(name)) return Error(ErrorKind::unavailable, error.message()).within(name);
    }
    StackNetworks networks;
    for (model::ObservedNetwork& network : listed->objects) {
        if (of_swarm.contains(network.id.value)) {
            networks.of_swarm.push_back(stack_network(std::move(network)));
            continue;
        }
        const auto project = network.labels.find(std::string(model::labels::project));
        networks.local[network.name] = {project == network.labels.end() ? "" : project->second};
    }
    return unless_malformed(std::move(networks), problems);
}

}  // namespace dockerext::observe
