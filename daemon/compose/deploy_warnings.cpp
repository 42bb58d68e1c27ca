#include "compose/deploy_warnings.hpp"

#include "compose/duration.hpp"
#include "compose/update_limits.hpp"

#include <algorithm>
#include <array>

namespace dockerext::compose {
namespace {

std::string number_text(std::int64_t number) { return std::to_string(number); }

/// The text of the nearest supported value; "" if the value itself is supported.
template <auto member, auto nearest, auto text>
std::string instead_of(const UpdateConfig& config) {
    const auto& value = config.*member;
    return value && nearest(*value) != *value ? text(nearest(*value)) : "";
}

struct SupportedRange {
    std::string_view key, range;
    std::string (*instead)(const UpdateConfig&);
};

constexpr std::array supported_ranges = std::to_array<SupportedRange>({
    {"delay", "0s and 24h", instead_of<&UpdateConfig::delay, clamped_delay, go_text>},
    {"monitor", "0s and 10m", instead_of<&UpdateConfig::monitor, clamped_monitor, go_text>},
    {"parallelism", "0 and 10000", instead_of<&UpdateConfig::parallelism, clamped_parallelism, number_text>},
});

/// One of the two update policies of `deploy`.
struct Policy {
    std::string_view key;
    std::optional<UpdateConfig> Deploy::*config;
    std::array<std::string_view, 3> actions;
    std::string_view expected;
};

/// Going back is not rolled back itself.
constexpr std::array policies = std::to_array<Policy>({
    {"update_config",
     &Deploy::update_config,
     {"pause", "continue", "rollback"},
     "pause, continue or rollback"},
    {"rollback_config", &Deploy::rollback_config, {"pause", "continue"}, "pause or continue"},
});

void warn_of_policy(const Node& node, const UpdateConfig& config, const Policy& policy,
                    Diagnostics& diagnostics) {
    const auto& [key, member, actions, expected] = policy;
    const Node* const action = node.find("failure_action");
    const std::string& used_action = config.failure_action;
    if (action &&
        (used_action.empty() || std::find(actions.begin(), actions.end(), used_action) == actions.end())) {
        diagnostics.warn(*action,
                         "expected " + std::string(expected) + ", found '" + used_action + "'; using pause");
    }
    for (const auto& [name, range, instead] : supported_ranges) {
        const Node* const value = node.find(name);
        const std::string used = value == nullptr ? "" : instead(config);
        if (!used.empty())
            diagnostics.warn(*value, "is not between " + std::string(range) + "; using " + used);
    }
}

void warn_of_service(const Node::Map& written, const Node& node, const Deploy& deploy,
                     Diagnostics& diagnostics) {
    constexpr std::array<std::string_view, 4> swarm{"mode", "labels", "placement", "endpoint_mode"};
    for (const auto& [key, value] : written) {
        if (std::find(swarm.begin(), swarm.end(), key) != swarm.end())
            diagnostics.warn(value, "deploy." + key + " is for Swarm and has no effect, as in Compose");
    }
    for (const Policy& policy : policies) {
        const Node* const section = node.find(policy.key);
        const auto& config = deploy.*policy.config;
        if (section && config) warn_of_policy(*section, *config, policy, diagnostics);
    }
}

}  // namespace

void warn_of_deploy(const Sections& sections, const Project& project, Diagnostics& diagnostics) {
    for (const auto& [name, node] : sections.services) {
        const Node* const deploy = node.find("deploy");
        const auto& read = project.services.at(name).deploy;
        if (deploy && deploy->map() && read) warn_of_service(*deploy->map(), *deploy, *read, diagnostics);
    }
}

}  // namespace dockerext::compose
