#include "compose/device_request.hpp"
#include "compose/key.hpp"
#include "compose/update_limits.hpp"

#include <array>
#include <chrono>

// `deploy` was made for Swarm. Like Compose, the daemon applies its replicas, resources and restart policy;
// it also applies update_config and rollback_config. All of `deploy` is part of the config-hash.
namespace dockerext::compose {
namespace {

void read_order(const Node& node, std::string& into, Diagnostics& diagnostics) {
    read(node, into, diagnostics);
    if (into != "start-first" && into != "stop-first") {
        diagnostics.problem(node, "expected start-first or stop-first, found '" + into + "'");
    }
}

/// Only in these fields, a duration of 0 counts as absent.
template <auto member>
void write_unless_zero(const UpdateConfig& from, std::string_view name, CanonicalJson& json) {
    if ((from.*member).value_or(std::chrono::nanoseconds(0)).count() != 0) write(name, from.*member, json);
}

constexpr std::array update_fields = std::to_array<Field<UpdateConfig>>({
    field<&UpdateConfig::parallelism>("parallelism"),
    {"delay", read_member<&UpdateConfig::delay>, write_unless_zero<&UpdateConfig::delay>},
    field<&UpdateConfig::failure_action>("failure_action"),
    {"monitor", read_member<&UpdateConfig::monitor>, write_unless_zero<&UpdateConfig::monitor>},
    field<&UpdateConfig::max_failure_ratio>("max_failure_ratio"),
    field<&UpdateConfig::order, read_order>("order"),
});

/// {"discrete_resource_spec": {"kind": …, "value": …}}
void read_discrete(const Node& node, GenericResource& into, Diagnostics& diagnostics) {
    const Node::Map* map = expect_map(node, diagnostics);
    if (!map) return;
    for (const auto& [key, value] : *map) {
        if (key == "kind") read(value, into.kind, diagnostics);
        else if (key == "value") read(value, into.value, diagnostics);
        else if (!is_extension(key))
            diagnostics.unknown_key(value, key, "a generic resource", {"kind", "value"});
    }
}

void write_discrete(const GenericResource& from, std::string_view name, CanonicalJson& json) {
    json.key(name);
    json.open_object();
    json.key("kind");
    json.string(from.kind);
    json.key("value");
    json.number(from.value);
    json.close_object();
}

constexpr std::array generic_fields = std::to_array<Field<GenericResource>>({
    {"discrete_resource_spec", read_discrete, write_discrete},
});

}  // namespace

Table<UpdateConfig> table_of(const UpdateConfig*) { return {"an update policy", update_fields}; }
Table<GenericResource> table_of(const GenericResource*) { return {"a generic resource", generic_fields}; }

namespace {

void read_reserved_devices(const Node& node, std::vector<DeviceRequest>& into, Diagnostics& diagnostics) {
    read_device_requests(node, into, diagnostics);
    if (!node.list()) return;
    for (const Node& item : *node.list()) {
        if (item.map() && !item.find("capabilities"))
            diagnostics.problem(item, "'capabilities' is missing, as in [\"gpu\"]");
    }
}

constexpr std::array resource_fields = std::to_array<Field<Resource>>({
    field<&Resource::cpus, read_cpus>("cpus"),
    field<&Resource::memory>("memory"),
    field<&Resource::pids>("pids"),
    field<&Resource::devices, read_reserved_devices>("devices"),
    field<&Resource::generic_resources>("generic_resources"),
});

}  // namespace

Table<Resource> table_of(const Resource*) { return {"a set of resources", resource_fields}; }

namespace {

constexpr std::array resources_fields = std::to_array<Field<Resources>>({
    field<&Resources::limits>("limits"),
    field<&Resources::reservations>("reservations"),
});

constexpr std::array restart_fields = std::to_array<Field<DeployRestartPolicy>>({
    field<&DeployRestartPolicy::condition>("condition"),
    field<&DeployRestartPolicy::delay>("delay"),
    field<&DeployRestartPolicy::max_attempts>("max_attempts"),
    field<&DeployRestartPolicy::window>("window"),
});

constexpr std::array preference_fields = std::to_array<Field<PlacementPreference>>({
    field<&PlacementPreference::spread>("spread"),
});

}  // namespace

Table<Resources> table_of(const Resources*) { return {"resources", resources_fields}; }
Table<DeployRestartPolicy> table_of(const DeployRestartPolicy*) { return {"restart_policy", restart_fields}; }
Table<PlacementPreference> table_of(const PlacementPreference*) {
    return {"a preference", preference_fields};
}

namespace {

void read_constraints(const Node& node, Placement& into, Diagnostics& diagnostics) {
    read_keyed(node, into.constraints, diagnostics);
    if (!node.list()) return;
    for (const Node& item : *node.list()) {
        if (item.text()) into.all_constraints.push_back(*item.text());
    }
}

constexpr std::array placement_fields = std::to_array<Field<Placement>>({
    {"constraints", read_constraints, write_member<&Placement::constraints>},
    field<&Placement::preferences>("preferences"),
    field<&Placement::max_replicas_per_node>("max_replicas_per_node"),
});

}  // namespace

Table<Placement> table_of(const Placement*) { return {"placement", placement_fields}; }

namespace {

void read_replicas(const Node& node, std::optional<std::int64_t>& into, Diagnostics& diagnostics) {
    read(node, into, diagnostics);
    if (into && (*into < 0 || *into > most_replicas))
        diagnostics.problem(node, "expected a number from 0 to " + std::to_string(most_replicas));
}

constexpr std::array deploy_fields = std::to_array<Field<Deploy>>({
    field<&Deploy::mode>("mode"),
    {"replicas", read_member_by<&Deploy::replicas, read_replicas>},
    field<&Deploy::labels>("labels"),
    field<&Deploy::update_config>("update_config"),
    field<&Deploy::rollback_config>("rollback_config"),
    field<&Deploy::resources>("resources"),
    field<&Deploy::restart_policy>("restart_policy"),
    field<&Deploy::placement>("placement"),
    field<&Deploy::endpoint_mode>("endpoint_mode"),
});

}  // namespace

Table<Deploy> table_of(const Deploy*) { return {"deploy", deploy_fields}; }

namespace {

void read_deploy(const Node& node, std::optional<Deploy>& into, Diagnostics& diagnostics) {
    if (!node.is_null()) read(node, into, diagnostics);
}

void read_rollback(const Node& node, bool& never, Diagnostics& diagnostics) {
    std::string text;
    read(node, text, diagnostics);
    never = text == "never";
    if (node.text() && !never) diagnostics.problem(node, "expected never, found '" + text + "'");
}

/// "x-dockerextd": {"rollback": "never"}
void read_own_key(const Node& node, bool& never_rolls_back, Diagnostics& diagnostics) {
    const Node::Map* map = expect_map(node, diagnostics);
    if (!map) return;
    for (const auto& [key, value] : *map) {
        if (key == "rollback") read_rollback(value, never_rolls_back, diagnostics);
        else diagnostics.unknown_key(value, key, "x-dockerextd of a service", {"rollback"});
    }
}

void apply_own_key(const Service& from, const Naming&, model::Service& into) {
    into.never_rolls_back = from.never_rolls_back;
}

void apply_limits(const Resource& limits, model::ContainerSpec& into) {
    if (limits.cpus != 0) model::set_from(static_cast<std::int64_t>(limits.cpus * 1e9F), into.cpus);
    if (limits.memory.count != 0) model::set_from(limits.memory.count, into.memory);
    if (limits.pids != 0) model::set_from(limits.pids, into.pids_limit);
}

void apply_restart(const DeployRestartPolicy& policy, model::Service& into) {
    using Kind = model::RestartPolicy::Kind;
    into.restart_is_set = !policy.condition.empty();
    into.container.restart = {};
    if (policy.condition == "any" || policy.condition == "always") into.container.restart.kind = Kind::always;
    if (policy.condition == "unless-stopped") into.container.restart.kind = Kind::unless_stopped;
    if (policy.condition != "on-failure") return;
    into.container.restart.kind = Kind::on_failure;
    model::set_from(policy.max_attempts.value_or(0), into.container.restart.max_retries);
}

model::UpdateConfig to_model(const UpdateConfig& from) {
    model::UpdateConfig update;
    if (from.parallelism) update.parallelism = clamped_parallelism(*from.parallelism);
    if (from.monitor)
        update.monitor = std::chrono::ceil<std::chrono::seconds>(clamped_monitor(*from.monitor));
    if (from.delay) update.delay = std::chrono::ceil<std::chrono::seconds>(clamped_delay(*from.delay));
    if (from.order == "start-first") update.order = model::UpdateConfig::Order::start_first;
    if (from.failure_action == "continue")
        update.failure_action = model::UpdateConfig::FailureAction::proceed;
    if (from.failure_action == "rollback")
        update.failure_action = model::UpdateConfig::FailureAction::rollback;
    update.max_failure_ratio = from.max_failure_ratio;
    return update;
}

/// Runs after the keys outside `deploy`, which it overrides.
void apply_deploy(const Service& from, const Naming&, model::Service& into) {
    if (!from.deploy) return;
    const Deploy& deploy = *from.deploy;
    if (!from.scale && deploy.replicas) into.scale = static_cast<unsigned>(*deploy.replicas);
    if (deploy.resources.limits) apply_limits(*deploy.resources.limits, into.container);
    if (const auto& reserved = deploy.resources.reservations) {
        if (reserved->memory.count != 0)
            model::set_from(reserved->memory.count, into.container.memory_reservation);
        for (const DeviceRequest& device : reserved->devices)
            into.container.device_requests.push_back(to_model(device));
    }
    if (deploy.restart_policy) apply_restart(*deploy.restart_policy, into);
    if (deploy.update_config) into.update = to_model(*deploy.update_config);
    if (!deploy.rollback_config) return;
    into.rollback = to_model(*deploy.rollback_config);
    if (into.rollback->failure_action == model::UpdateConfig::FailureAction::rollback)
        into.rollback->failure_action = model::UpdateConfig::FailureAction::pause;
}

}  // namespace

std::span<const Key> deploy_keys() {
    static constexpr std::array keys = std::to_array<Key>({
        {field<&Service::deploy, read_deploy>("deploy"), apply_deploy},
        {{"x-dockerextd", read_member_by<&Service::never_rolls_back, read_own_key>}, apply_own_key},
    });
    return keys;
}

}  // namespace dockerext::compose
