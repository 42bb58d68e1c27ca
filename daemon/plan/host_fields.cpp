#include "plan/host_fields.hpp"

#include "plan/engine_api.hpp"
#include "plan/namespaces.hpp"

#include <algorithm>
#include <array>

namespace dockerext::plan {

using namespace model;

namespace {

bool same_ipc(const Expectation& expected, const ObservedContainer& container) {
    return expected.ipc_mode.empty() || same_namespace(expected, expected.ipc_mode, container.spec.ipc_mode);
}

Texts ipc_texts(const Expectation& expected, const ObservedContainer& container) {
    return {text_of(container.spec.ipc_mode), text_of(expected.ipc_mode)};
}

bool same_pid(const Expectation& expected, const ObservedContainer& container) {
    return same_namespace(expected, expected.pid_mode, container.spec.pid_mode);
}

Texts pid_texts(const Expectation& expected, const ObservedContainer& container) {
    return {text_of(container.spec.pid_mode), text_of(expected.pid_mode)};
}

/// Compose loses the ":ro", and so does the daemon (compose-semantics: volumes_from).
bool same_volumes_from(const Expectation& expected, const ObservedContainer& container) {
    return expected.volumes_from == container.spec.volumes_from;
}

Texts volumes_from_texts(const Expectation& expected, const ObservedContainer& container) {
    return {text_of(container.spec.volumes_from), text_of(expected.volumes_from)};
}

/// From API 1.44 on, the MAC address belongs to the endpoint. The engine reports it only while the container
/// runs. Like Compose, the daemon does not set it when the service has no networks of its own.
bool same_mac(const Expectation& expected, const ObservedContainer& container) {
    const std::string& want = expected.service.container.mac_address;
    const bool taken = !expected.service.container.networks.empty() || !speaks(expected.engine, 44);
    if (want.empty() || !taken) return true;
    std::set<std::string> reported{container.spec.mac_address};
    for (const auto& [name, endpoint] : container.spec.networks) reported.insert(endpoint.mac_address);
    reported.erase("");
    if (reported.empty()) return container.state != ContainerState::running;
    return in_form(normal::mac_address, reported).contains(normal::mac_address(want));
}

/// Paths and permissions may be written in several ways.
bool same_devices(const std::vector<Device>& want, const std::vector<Device>& have) {
    return std::equal(
        want.begin(), want.end(), have.begin(), have.end(), [](const Device& a, const Device& b) {
            return normal::path(a.host_path) == normal::path(b.host_path) &&
                   normal::path(a.container_path) == normal::path(b.container_path) &&
                   normal::device_permissions(a.permissions) == normal::device_permissions(b.permissions);
        });
}

/// The engine's default is no limit.
bool same_pids(const Expectation& expected, const ObservedContainer& container) {
    const auto& want = expected.service.container.pids_limit;
    const auto& have = container.spec.pids_limit;
    return want.value_or(Unlimited{}) == have.value_or(Unlimited{}) ||
           (!have && is_from_current_settings(expected, container));
}

using Spec = ContainerSpec;

constexpr std::array host_field_table = {
    limit<&Spec::cpus>("cpus"),
    if_supported<&Spec::cpu_shares>(limit<&Spec::cpu_shares>("cpu_shares")),
    if_supported<&Spec::cpu_quota>(limit<&Spec::cpu_quota>("cpu_quota")),
    if_supported<&Spec::cpu_period>(limit<&Spec::cpu_period>("cpu_period")),
    if_supported<&Spec::cpu_realtime_runtime>(plain<&Spec::cpu_realtime_runtime>("cpu_rt_runtime")),
    if_supported<&Spec::cpu_realtime_period>(plain<&Spec::cpu_realtime_period>("cpu_rt_period")),
    if_supported<&Spec::cpuset>(limit<&Spec::cpuset>("cpuset")),
    if_supported<&Spec::cpu_count>(plain<&Spec::cpu_count>("cpu_count")),
    if_supported<&Spec::cpu_percent>(plain<&Spec::cpu_percent>("cpu_percent")),
    if_supported<&Spec::memory_reservation>(limit<&Spec::memory_reservation>("mem_reservation")),
    if_supported<&Spec::memory_swappiness>(plain<&Spec::memory_swappiness>("mem_swappiness")),
    if_set<&Spec::shm_size>("shm_size"),
    ComparedField{"pids_limit", same_pids, plain<&Spec::pids_limit>("").texts,
                  limit<&Spec::pids_limit>("").repair},
    plain<&Spec::oom_score_adj>("oom_score_adj"),
    if_supported<&Spec::oom_kill_disable>(plain<&Spec::oom_kill_disable>("oom_kill_disable")),
    if_supported<&Spec::block_io>(plain<&Spec::block_io>("blkio_config")),
    by<&Spec::devices, same_devices>("devices"),
    plain<&Spec::device_requests>("gpus"),
    plain<&Spec::device_cgroup_rules>("device_cgroup_rules"),
    ComparedField{"ipc", same_ipc, ipc_texts, recreate},
    ComparedField{"pid", same_pid, pid_texts, recreate},
    plain<&Spec::uts_mode>("uts"),
    plain<&Spec::userns_mode>("userns_mode"),
    if_set<&Spec::cgroup_mode>("cgroup"),
    normalized<&Spec::cgroup_parent, normal::path>("cgroup_parent"),
    normalized_if_set<&Spec::isolation, normal::word>("isolation"),
    ComparedField{"mac_address", same_mac, plain<&Spec::mac_address>("").texts, recreate},
    plain<&Spec::group_add>("group_add"),
    ComparedField{"volumes_from", same_volumes_from, volumes_from_texts, recreate},
    if_supported<&Spec::storage_options>(plain<&Spec::storage_options>("storage_opt")),
    if_supported<&Spec::annotations>(plain<&Spec::annotations>("annotations")),
};

}  // namespace

std::span<const ComparedField> host_fields() { return host_field_table; }

}  // namespace dockerext::plan
