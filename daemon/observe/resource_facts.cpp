#include "observe/resource_facts.hpp"

#include "observe/facts_reader.hpp"

namespace dockerext::observe {
namespace {

using model::ContainerSpec;

std::map<std::string, model::Ulimit> ulimits_in(ObjectReader& host, Problems& problems) {
    std::map<std::string, model::Ulimit> ulimits;
    for (ObjectReader& limit : objects_in(host, "Ulimits", problems)) {
        ulimits[text_in(limit, "Name")] = {count_in(limit, "Soft"), count_in(limit, "Hard")};
    }
    return ulimits;
}

void read_cpu(ContainerSpec& spec, ObjectReader& host) {
    spec.nano_cpus = count_in(host, "NanoCpus");
    spec.cpu_shares = count_in(host, "CpuShares");
    spec.cpu_quota = count_in(host, "CpuQuota");
    spec.cpu_period = count_in(host, "CpuPeriod");
    spec.cpu_realtime_runtime = count_in(host, "CpuRealtimeRuntime");
    spec.cpu_realtime_period = count_in(host, "CpuRealtimePeriod");
    spec.cpuset = text_in(host, "CpusetCpus");
    spec.cpu_count = count_in(host, "CpuCount");
    spec.cpu_percent = count_in(host, "CpuPercent");
}

void read_memory(ContainerSpec& spec, ObjectReader& host) {
    spec.memory = {count_in(host, "Memory")};
    spec.memory_swap = {count_in(host, "MemorySwap")};
    spec.memory_reservation = {count_in(host, "MemoryReservation")};
    spec.memory_swappiness = count_in(host, "MemorySwappiness");
    spec.shm_size = {count_in(host, "ShmSize")};
    spec.oom_kill_disable = flag_in(host, "OomKillDisable");
    spec.oom_score_adj = count_in(host, "OomScoreAdj");
}

std::map<std::string, std::int64_t> device_limits_in(ObjectReader& host, std::string_view key,
                                                     std::string_view what, Problems& problems) {
    std::map<std::string, std::int64_t> limits;
    for (ObjectReader& limit : objects_in(host, key, problems))
        limits[text_in(limit, "Path")] = count_in(limit, what);
    return limits;
}

model::BlockIo block_io_in(ObjectReader& host, Problems& problems) {
    return {.weight = count_in(host, "BlkioWeight"),
            .device_weights = device_limits_in(host, "BlkioWeightDevice", "Weight", problems),
            .read_bps = device_limits_in(host, "BlkioDeviceReadBps", "Rate", problems),
            .write_bps = device_limits_in(host, "BlkioDeviceWriteBps", "Rate", problems),
            .read_iops = device_limits_in(host, "BlkioDeviceReadIOps", "Rate", problems),
            .write_iops = device_limits_in(host, "BlkioDeviceWriteIOps", "Rate", problems)};
}

/// Reads one set of capabilities: neither Compose nor dockerextd requests alternatives.
std::vector<std::string> capabilities_in(ObjectReader& request) {
    const auto sets = request.take("Capabilities");
    const auto items = sets ? sets->items() : std::vector<JsonCursor>{};
    std::vector<std::string> capabilities;
    if (!items || items->empty()) return capabilities;
    const auto words = items->front().items();
    if (!words) return capabilities;
    for (const JsonCursor& word : *words) {
        if (const auto text = word.string()) capabilities.push_back(*text);
    }
    return capabilities;
}

model::DeviceRequest request_in(ObjectReader& request, Problems& problems) {
    return {.driver = text_in(request, "Driver"),
            .count = count_in(request, "Count"),
            .ids = request.strings("DeviceIDs"),
            .capabilities = capabilities_in(request),
            .options = text_map_in(request, "Options", problems)};
}

}  // namespace

void read_resources(ContainerSpec& spec, ObjectReader& host, Problems& problems) {
    read_cpu(spec, host);
    read_memory(spec, host);
    spec.pids_limit = count_in(host, "PidsLimit");
    spec.ulimits = ulimits_in(host, problems);
    spec.sysctls = text_map_in(host, "Sysctls", problems);
    spec.block_io = block_io_in(host, problems);
}

void read_devices(ContainerSpec& spec, ObjectReader& host, Problems& problems) {
    for (ObjectReader& device : objects_in(host, "Devices", problems)) {
        spec.devices.push_back({text_in(device, "PathOnHost"), text_in(device, "PathInContainer"),
                                text_in(device, "CgroupPermissions")});
    }
    for (ObjectReader& request : objects_in(host, "DeviceRequests", problems)) {
        spec.device_requests.push_back(request_in(request, problems));
    }
    spec.device_cgroup_rules = host.strings("DeviceCgroupRules");
}

}  // namespace dockerext::observe
