#include "apply/resource_body.hpp"

namespace dockerext::apply {
namespace {

using model::ContainerSpec;

void write_ulimits(BodyWriter& writer, const ContainerSpec& spec) {
    if (spec.ulimits.empty()) return;
    writer.array("Ulimits", [&] {
        for (const auto& [name, limit] : spec.ulimits) {
            writer.object([&, &called = name, &most = limit] {
                writer.member("Name", called);
                writer.member("Soft", model::number_of(most.soft));
                writer.member("Hard", model::number_of(most.hard));
            });
        }
    });
}

void write_cpu(BodyWriter& writer, const ContainerSpec& spec) {
    writer.number_if_set("NanoCpus", spec.cpus);
    writer.number_if_set("CpuShares", spec.cpu_shares);
    writer.number_if_set("CpuQuota", spec.cpu_quota);
    writer.number_if_set("CpuPeriod", spec.cpu_period);
    writer.number_if_set("CpuRealtimeRuntime", spec.cpu_realtime_runtime);
    writer.number_if_set("CpuRealtimePeriod", spec.cpu_realtime_period);
    writer.member_if_set("CpusetCpus", spec.cpuset);
    writer.number_if_set("CpuCount", spec.cpu_count);
    writer.number_if_set("CpuPercent", spec.cpu_percent);
}

void write_memory(BodyWriter& writer, const ContainerSpec& spec) {
    writer.number_if_set("Memory", spec.memory);
    writer.number_if_set("MemorySwap", spec.memory_swap);
    writer.number_if_set("MemoryReservation", spec.memory_reservation);
    writer.number_if_set("MemorySwappiness", spec.memory_swappiness);
    writer.number_if_set("ShmSize", spec.shm_size);
    writer.member("OomKillDisable", spec.oom_kill_disable);
    writer.number_if_set("OomScoreAdj", spec.oom_score_adj);
}

void write_device_limits(BodyWriter& writer, std::string_view key, std::string_view what,
                         const std::map<std::string, std::int64_t>& limits) {
    if (limits.empty()) return;
    writer.array(key, [&] {
        for (const auto& [path, limit] : limits) {
            writer.object([&, &device = path, &most = limit] {
                writer.member("Path", device);
                writer.member(what, most);
            });
        }
    });
}

void write_block_io(BodyWriter& writer, const model::BlockIo& io) {
    writer.number_if_set("BlkioWeight", io.weight);
    write_device_limits(writer, "BlkioWeightDevice", "Weight", io.device_weights);
    write_device_limits(writer, "BlkioDeviceReadBps", "Rate", io.read_bps);
    write_device_limits(writer, "BlkioDeviceWriteBps", "Rate", io.write_bps);
    write_device_limits(writer, "BlkioDeviceReadIOps", "Rate", io.read_iops);
    write_device_limits(writer, "BlkioDeviceWriteIOps", "Rate", io.write_iops);
}

/// All devices are a count of -1.
void write_which(BodyWriter& writer, const model::DeviceRequest& request) {
    using Request = model::DeviceRequest;
    if (const auto* ids = std::get_if<Request::Ids>(&request.which)) writer.member_if_set("DeviceIDs", *ids);
    else if (const auto* count = std::get_if<std::int64_t>(&request.which))
        writer.member_if_set("Count", *count);
    else writer.member("Count", -1);
}

void write_request(BodyWriter& writer, const model::DeviceRequest& request) {
    writer.object([&] {
        writer.member_if_set("Driver", request.driver);
        write_which(writer, request);
        writer.array("Capabilities", [&] { writer.put(request.capabilities); });
        writer.member_if_set("Options", request.options);
    });
}

}  // namespace

void write_resources(BodyWriter& writer, const ContainerSpec& spec) {
    write_cpu(writer, spec);
    write_memory(writer, spec);
    writer.number_if_set("PidsLimit", spec.pids_limit);
    write_ulimits(writer, spec);
    writer.member_if_set("Sysctls", spec.sysctls);
    write_block_io(writer, spec.block_io);
}

void write_devices(BodyWriter& writer, const ContainerSpec& spec) {
    if (!spec.devices.empty()) {
        writer.array("Devices", [&] {
            for (const model::Device& device : spec.devices) {
                writer.object([&] {
                    writer.member("PathOnHost", device.host_path);
                    writer.member("PathInContainer", device.container_path);
                    writer.member("CgroupPermissions", device.permissions);
                });
            }
        });
    }
    if (!spec.device_requests.empty()) {
        writer.array("DeviceRequests", [&] {
            for (const model::DeviceRequest& request : spec.device_requests) write_request(writer, request);
        });
    }
    writer.member_if_set("DeviceCgroupRules", spec.device_cgroup_rules);
}

}  // namespace dockerext::apply
