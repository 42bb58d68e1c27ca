#include "compose/stack_service_check.hpp"

#include "compose/scalar.hpp"
#include "compose/stack_ports.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <span>
#include <string>

namespace dockerext::compose {
namespace {

using Words = std::span<const std::string_view>;

constexpr std::array<std::string_view, 4> modes{"replicated", "global", "replicated-job", "global-job"};
constexpr std::array<std::string_view, 2> endpoint_modes{"vip", "dnsrr"};
constexpr std::array<std::string_view, 3> failure_actions{"pause", "continue", "rollback"};
constexpr std::array<std::string_view, 5> restart_conditions{"none", "on-failure", "any", "always",
                                                             "unless-stopped"};

std::string listed(Words words) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
        text += words[i];
    }
    return text;
}

class ServiceChecker {
public:
    ServiceChecker(const Service& service, Diagnostics& diagnostics)
        : service_(service), diagnostics_(diagnostics) {}

    void check() {
        check_ports();
        if (!service_.deploy) return;
        const Deploy& deploy = *service_.deploy;
        check_word("mode", deploy.mode, modes);
        if (deploy.mode.starts_with("global") && (deploy.replicas || service_.scale))
            complain("mode", "'" + deploy.mode +
                                 "' is one task on each node, so that there is no number of replicas");
        check_word("endpoint_mode", lower(deploy.endpoint_mode), endpoint_modes);
        if (deploy.mode.ends_with("-job") && deploy.update_config)
            complain("update_config", "a job has none: its tasks are not replaced");
        check_update("update_config", deploy.update_config);
        check_update("rollback_config", deploy.rollback_config);
        check_restart(deploy.restart_policy);
        check_amounts("resources/limits", deploy.resources.limits);
        check_amounts("resources/reservations", deploy.resources.reservations);
        check_placement(deploy.placement);
    }

private:
    void complain(std::string_view key, std::string text) {
        diagnostics_.problems.add(service_.pointer + "/deploy/" + std::string(key), std::move(text));
    }

    void check_word(std::string_view key, const std::string& word, Words words) {
        if (word.empty() || std::find(words.begin(), words.end(), word) != words.end()) return;
        complain(key, "expected " + listed(words) + ", found '" + word + "'");
    }

    void check_update(const std::string& key, const std::optional<UpdateConfig>& update) {
        if (!update) return;
        check_word(key + "/failure_action", update->failure_action, failure_actions);
        if (update->max_failure_ratio < 0 || update->max_failure_ratio > 1)
            complain(key + "/max_failure_ratio", "expected a number from 0 to 1");
        if (update->parallelism.value_or(0) < 0)
            complain(key + "/parallelism", "expected a number of tasks, or 0 for all");
        if (is_negative(update->delay)) complain(key + "/delay", "must not be negative");
        if (is_negative(update->monitor)) complain(key + "/monitor", "must not be negative");
    }

    static bool is_negative(const OptionalDuration& duration) { return duration && duration->count() < 0; }

    void check_amounts(const std::string& key, const std::optional<Resource>& amounts) {
        constexpr std::int64_t least_memory = 4 << 20;
        if (!amounts) return;
        if (amounts->cpus > 0 && amounts->cpus < 0.001F) complain(key + "/cpus", "expected at least 0.001");
        if (amounts->memory.count != 0 && amounts->memory.count < least_memory)
            complain(key + "/memory", "expected at least 4m");
    }

    void check_restart(const std::optional<DeployRestartPolicy>& policy) {
        if (!policy) return;
        check_word("restart_policy/condition", policy->condition, restart_conditions);
        if (policy->max_attempts.value_or(0) < 0)
            complain("restart_policy/max_attempts", "must not be negative");
    }

    void check_placement(const Placement& placement) {
        if (placement.max_replicas_per_node < 0)
            complain("placement/max_replicas_per_node", "must not be negative");
        for (const std::string& text : placement.all_constraints) {
            const std::size_t operation = std::min(text.find("=="), text.find("!="));
            const bool has_both =
                operation != std::string::npos && operation > 0 && operation + 2 < text.size();
            if (!has_both)
                complain("placement/constraints",
                         "expected KEY==VALUE or KEY!=VALUE, as in node.role==worker, found '" + text + "'");
        }
    }

    void check_ports() {
        const std::string pointer = service_.pointer + "/ports";
        for (const Port& port : service_.ports) {
            if (!diagnostics_.spend(count_published(port) * sizeof(StackPort)))
                return diagnostics_.problems.add(pointer, "too many ports in this document");
        }
        const bool has_address = !service_.deploy || lower(service_.deploy->endpoint_mode) != "dnsrr";
        std::set<std::string> seen;
        for (const StackPort& port : stack_ports(service_)) {
            const std::string name = std::to_string(port.published) + "/" + port.protocol;
            if (!has_address && port.mode == "ingress")
                diagnostics_.problems.add(pointer, "with endpoint_mode dnsrr, port " +
                                                       std::to_string(port.target) + " needs the mode host");
            if (port.published != 0 && !seen.insert(name).second)
                diagnostics_.problems.add(pointer, "port " + name + " is published twice");
        }
    }

    const Service& service_;
    Diagnostics& diagnostics_;
};

}  // namespace

void check_stack_service(const Service& service, Diagnostics& diagnostics) {
    ServiceChecker(service, diagnostics).check();
}

}  // namespace dockerext::compose
