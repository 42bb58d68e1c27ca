#include "compose/stack_deploy.hpp"

#include "compose/scalar.hpp"
#include "compose/stack_json.hpp"

#include <charconv>
#include <cmath>

namespace dockerext::compose {
namespace {

/// In 1e-9 CPUs, exact for what people write: the shortest decimal number for this float counts.
std::int64_t nano_cpus(float cpus) {
    const std::string text = go_json(cpus);
    double decimal = 0;
    std::from_chars(text.data(), text.data() + text.size(), decimal);
    return std::llround(decimal * 1e9);
}

void write_amounts(const Resource& resource, JsonWriter& json) {
    put(json, "NanoCPUs", nano_cpus(resource.cpus));
    put(json, "MemoryBytes", resource.memory.count);
}

void write_generic_resources(const Resource& resource, JsonWriter& json) {
    if (resource.generic_resources.empty()) return;
    json.begin_array("GenericResources");
    for (const GenericResource& each : resource.generic_resources) {
        json.begin_object();
        json.begin_object("DiscreteResourceSpec");
        put(json, "Kind", each.kind);
        put(json, "Value", each.value);
        json.end_object();
        json.end_object();
    }
    json.end_array();
}

void write_resources(const Resources& resources, JsonWriter& json) {
    json.begin_object("Resources");
    if (resources.limits) {
        json.begin_object("Limits");
        write_amounts(*resources.limits, json);
        put(json, "Pids", resources.limits->pids);
        json.end_object();
    }
    if (resources.reservations) {
        json.begin_object("Reservations");
        write_amounts(*resources.reservations, json);
        write_generic_resources(*resources.reservations, json);
        json.end_object();
    }
    json.end_object();
}

/// Swarm has one word for the two of Compose.
std::string condition_of(const DeployRestartPolicy& policy) {
    const bool is_any = policy.condition == "always" || policy.condition == "unless-stopped";
    return is_any ? "any" : policy.condition;
}

void write_restart_policy(const DeployRestartPolicy& policy, JsonWriter& json) {
    json.begin_object("RestartPolicy");
    put(json, "Condition", condition_of(policy));
    put(json, "Delay", policy.delay);
    put(json, "MaxAttempts", policy.max_attempts);
    put(json, "Window", policy.window);
    json.end_object();
}

/// `restart` stands in for deploy.restart_policy; "no" says nothing, as in docker's own command.
void write_restart(const std::string& restart, JsonWriter& json) {
    using Kind = model::RestartPolicy::Kind;
    const model::RestartPolicy policy = parse_restart(restart).value();
    if (policy.kind == Kind::no) return;
    const std::string condition = policy.kind == Kind::on_failure ? "on-failure" : "any";
    write_restart_policy({.condition = condition, .max_attempts = policy.max_retries}, json);
}

void write_placement(const Placement& placement, JsonWriter& json) {
    json.begin_object("Placement");
    put(json, "Constraints", placement.all_constraints);
    if (!placement.preferences.empty()) {
        json.begin_array("Preferences");
        for (const PlacementPreference& preference : placement.preferences) {
            json.begin_object();
            json.begin_object("Spread");
            json.text("SpreadDescriptor", preference.spread);
            json.end_object();
            json.end_object();
        }
        json.end_array();
    }
    put(json, "MaxReplicas", placement.max_replicas_per_node);
    json.end_object();
}

/// 0.7 and not 0.699999988, which the writer would cut off to 0.699.
double shortest_decimal(float number) {
    const std::string text = go_json(number);
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

void write_update(std::string_view key, const std::optional<UpdateConfig>& update, JsonWriter& json) {
    if (!update) return;
    json.begin_object(key);
    json.number("Parallelism", update->parallelism.value_or(1));
    put(json, "Delay", update->delay);
    put(json, "FailureAction", update->failure_action);
    put(json, "Monitor", update->monitor);
    if (update->max_failure_ratio != 0)
        json.decimal("MaxFailureRatio", shortest_decimal(update->max_failure_ratio));
    put(json, "Order", update->order);
    json.end_object();
}

void write_mode(const Service& service, const std::string& mode, JsonWriter& json) {
    const std::int64_t replicas = scale_of(service);
    json.begin_object("Mode");
    json.begin_object(mode == "global"           ? "Global"
                      : mode == "global-job"     ? "GlobalJob"
                      : mode == "replicated-job" ? "ReplicatedJob"
                                                 : "Replicated");
    if (mode.empty() || mode == "replicated") json.number("Replicas", replicas);
    if (mode == "replicated-job") {
        json.number("MaxConcurrent", replicas);
        json.number("TotalCompletions", replicas);
    }
    json.end_object();
    json.end_object();
}

}  // namespace

void write_task_deploy(const Service& service, JsonWriter& json) {
    const Deploy deploy = service.deploy.value_or(Deploy());
    write_resources(deploy.resources, json);
    if (deploy.restart_policy) write_restart_policy(*deploy.restart_policy, json);
    else write_restart(service.restart, json);
    write_placement(deploy.placement, json);
}

void write_service_deploy(const Service& service, JsonWriter& json) {
    const Deploy deploy = service.deploy.value_or(Deploy());
    write_mode(service, deploy.mode, json);
    write_update("UpdateConfig", deploy.update_config, json);
    write_update("RollbackConfig", deploy.rollback_config, json);
}

}  // namespace dockerext::compose
