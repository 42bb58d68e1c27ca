#include "observe/resource_facts.hpp"

#include "observe/facts_reader.hpp"

namespace dockerext::observe {
namespace {

using model::ContainerSpec;

std::map<std::string, model::Ulimit> ulimits_in(ObjectReader& host, Problems& problems) {
    std::map<std::string, model::Ulimit> ulimits;
    for (ObjectReader& limit : objects_in(host, "Ulimits", problems)) {
        ulimits[text_in(limit, "Name")] = {model::limit_from<std::int64_t>(count_in(limit, "Soft")),
                                           model::limit_from<std::int64_t>(count_in(limit, "Hard"))};
    }
    return ulimits;
}

template <typename T>
void read_number(ObjectReader& host, std::string_view key, std::optional<T>& into) {
    model::set_from(count_in(host, key), into);
}

void read_cpu(ContainerSpec& spec, ObjectReader& host) {
    read_number(host, "NanoCpus", spec.cpus);
    read_number(host, "CpuShares", spec.cpu_shares);
    read_number(host, "CpuQuota", spec.cpu_quota);
    read_number(host, "CpuPeriod", spec.cpu_period);
    read_number(host, "CpuRealtimeRuntime", spec.cpu_realtime_runtime);
    read_number(host, "CpuRealtimePeriod", spec.cpu_realtime_period);
    spec.cpuset = text_in(host, "CpusetCpus");
    read_number(host, "CpuCount", spec.cpu_count);
    read_number(host, "CpuPercent", spec.cpu_percent);
}

void read_memory(ContainerSpec& spec, ObjectReader& host) {
    read_number(host, "Memory", spec.memory);
    read_number(host, "MemorySwap", spec.memory_swap);
    read_number(host, "MemoryReservation", spec.memory_reservation);
    read_number(host, "MemorySwappiness", spec.memory_swappiness);
    read_number(host, "ShmSize", spec.shm_size);
    spec.oom_kill_disable = flag_in(host, "OomKillDisable");
    read_number(host, "OomScoreAdj", spec.oom_score_adj);
}

std::map<std::string, std::int64_t> device_limits_in(ObjectReader& host, std::string_view key,
                                                     std::string_view what, Problems& problems) {
    std::map<std::string, std::int64_t> limits;
    for (ObjectReader& limit : objects_in(host, key, problems))
        limits[text_in(limit, "Path")] = count_in(limit, what);
    return limits;
}

model::BlockIo block_io_in(ObjectReader& host, Problems& problems) {
    model::BlockIo io{.device_weights = device_limits_in(host, "BlkioWeightDevice", "Weight", problems),
                      .read_bps = device_limits_in(host, "BlkioDeviceReadBps", "Rate", problems),
                      .write_bps = device_limits_in(host, "BlkioDeviceWriteBps", "Rate", problems),
                      .read_iops = device_limits_in(host, "BlkioDeviceReadIOps", "Rate", problems),
                      .write_iops = device_limits_in(host, "BlkioDeviceWriteIOps", "Rate", problems)};
    read_number(host, "BlkioWeight", io.weight);
    return io;
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

/// All devices are a count of -1.
model::DeviceRequest::Which which_in(ObjectReader& request) {
    const std::int64_t count = count_in(request, "Count");
    if (auto ids = request.strings("DeviceIDs"); !ids.empty()) return ids;
    if (count < 0) return model::DeviceRequest::All{};
    return count;
}

model::DeviceRequest request_in(ObjectReader& request, Problems& problems) {
    return {.driver = text_in(request, "Driver"),
            .which = which_in(request),
            .capabilities = capabilities_in(request),
            .options = text_map_in(request, "Options", problems)};
}

}  // namespace

void read_resources(ContainerSpec& spec, ObjectReader& host, Problems& problems) {
    read_cpu(spec, host);
    read_memory(spec, host);
    read_number(host, "PidsLimit", spec.pids_limit);
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
