#pragma once

#include "compose/read.hpp"
#include "model/limits.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// The `deploy` section of a service, with the types that the service itself uses too.
namespace dockerext::compose {

using OptionalDuration = std::optional<std::chrono::nanoseconds>;

struct DeviceRequest {
    std::vector<std::string> capabilities;
    std::string driver;
    std::int64_t count = 0;  ///< -1 means all
    std::vector<std::string> device_ids;
    StringMap options;
};

struct GenericResource {
    std::string kind;
    std::int64_t value = 0;
};
struct Resource {
    float cpus = 0;
    model::Bytes memory;
    std::int64_t pids = 0;
    std::vector<DeviceRequest> devices;
    std::vector<GenericResource> generic_resources;
};
struct Resources {
    std::optional<Resource> limits, reservations;
};
struct UpdateConfig {
    std::optional<std::int64_t> parallelism;
    OptionalDuration delay;
    std::string failure_action;
    OptionalDuration monitor;
    float max_failure_ratio = 0;
    std::string order;
};
struct DeployRestartPolicy {
    std::string condition;
    OptionalDuration delay;
    std::optional<std::int64_t> max_attempts;
    OptionalDuration window;
};
struct PlacementPreference {
    std::string spread;
};
struct Placement {
    std::vector<std::string> constraints;      ///< as in the config-hash: one for each text before "="
    std::vector<std::string> all_constraints;  ///< as written
    std::vector<PlacementPreference> preferences;
    std::int64_t max_replicas_per_node = 0;
};
struct Deploy {
    std::string mode;
    std::optional<std::int64_t> replicas;
    StringMap labels;
    std::optional<UpdateConfig> update_config, rollback_config;
    Resources resources;
    std::optional<DeployRestartPolicy> restart_policy;
    Placement placement;
    std::string endpoint_mode;
};

}  // namespace dockerext::compose
