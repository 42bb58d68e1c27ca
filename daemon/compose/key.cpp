#include "compose/key.hpp"

#include <array>
#include <unordered_map>

namespace dockerext::compose {
namespace {

/// The keys that Compose 2.40 hashes, in its order (compose-semantics: config-hash), then those that it does
/// not hash.
constexpr std::array known_keys = std::to_array<std::string_view>({
    "annotations",
    "attach",
    "develop",
    "blkio_config",
    "cap_add",
    "cap_drop",
    "cgroup_parent",
    "cgroup",
    "cpu_count",
    "cpu_percent",
    "cpu_period",
    "cpu_quota",
    "cpu_rt_period",
    "cpu_rt_runtime",
    "cpus",
    "cpuset",
    "cpu_shares",
    "command",
    "configs",
    "container_name",
    "credential_spec",
    "deploy",
    "device_cgroup_rules",
    "devices",
    "dns",
    "dns_opt",
    "dns_search",
    "domainname",
    "entrypoint",
    "provider",
    "environment",
    "expose",
    "external_links",
    "extra_hosts",
    "group_add",
    "gpus",
    "hostname",
    "healthcheck",
    "image",
    "init",
    "ipc",
    "isolation",
    "labels",
    "label_file",
    "links",
    "logging",
    "mem_limit",
    "mem_reservation",
    "memswap_limit",
    "mem_swappiness",
    "mac_address",
    "models",
    "network_mode",
    "networks",
    "oom_kill_disable",
    "oom_score_adj",
    "pid",
    "pids_limit",
    "platform",
    "ports",
    "privileged",
    "read_only",
    "restart",
    "runtime",
    "secrets",
    "security_opt",
    "shm_size",
    "stdin_open",
    "stop_grace_period",
    "stop_signal",
    "storage_opt",
    "sysctls",
    "tmpfs",
    "tty",
    "ulimits",
    "use_api_socket",
    "user",
    "userns_mode",
    "uts",
    "volumes",
    "volumes_from",
    "working_dir",
    "post_start",
    "pre_stop",
    "build",
    "depends_on",
    "env_file",
    "extends",
    "profiles",
    "pull_policy",
    "pull_refresh_after",
    "scale",
});

/// The daemon's own extension, which Compose ignores.
constexpr std::string_view own_key = "x-dockerextd";

std::unordered_map<std::string_view, const Key*> index_keys() {
    std::unordered_map<std::string_view, const Key*> index;
    for (const auto keys :
         {process_keys(), blkio_keys(), build_keys(), dependency_keys(), develop_keys(), device_keys(),
          file_keys(), file_reference_keys(), health_keys(), hook_keys(), lifecycle_keys(), limit_keys(),
          mount_keys(), namespace_keys(), network_keys(), port_keys(), security_keys(), deploy_keys()}) {
        for (const Key& key : keys) index.emplace(key.field.name, &key);
    }
    return index;
}

std::vector<const Key*> order_keys() {
    std::vector<const Key*> ordered;
    for (const std::string_view name : known_keys) {
        if (const Key* key = find_key(name)) ordered.push_back(key);
    }
    ordered.push_back(find_key(own_key));
    return ordered;
}

}  // namespace

const Key* find_key(std::string_view name) {
    static const auto index = index_keys();
    const auto found = index.find(name);
    return found == index.end() ? nullptr : found->second;
}

const std::vector<const Key*>& all_keys() {
    static const auto ordered = order_keys();
    return ordered;
}

std::span<const std::string_view> compose_keys() { return known_keys; }

}  // namespace dockerext::compose
