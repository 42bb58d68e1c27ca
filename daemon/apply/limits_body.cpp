#include "apply/limits_body.hpp"

#include "apply/bodies.hpp"

namespace dockerext::apply {
namespace {

/// On a create without MemorySwap, the engine uses twice the memory; an update does not, and fails if the old
/// value is smaller.
model::Bytes swap_of(const model::UpdateContainer& update) {
    if (update.memory_swap.count != 0 || update.memory.count <= 0) return update.memory_swap;
    return {2 * update.memory.count};
}

}  // namespace

void write_restart_policy(BodyWriter& writer, const model::RestartPolicy& restart) {
    writer.object("RestartPolicy", [&] {
        writer.member("Name", to_string(restart.kind));
        writer.member("MaximumRetryCount", restart.max_retries);
    });
}

std::string update_container_body(const model::UpdateContainer& update) {
    BodyWriter writer;
    writer.object([&] {
        writer.member_if_set("Memory", update.memory.count);
        writer.member_if_set("MemorySwap", swap_of(update).count);
        writer.member_if_set("MemoryReservation", update.memory_reservation.count);
        writer.member_if_set("NanoCpus", update.nano_cpus);
        writer.member_if_set("CpuShares", update.cpu_shares);
        writer.member_if_set("CpuQuota", update.cpu_quota);
        writer.member_if_set("CpuPeriod", update.cpu_period);
        writer.member_if_set("CpusetCpus", update.cpuset);
        writer.member_if_set("PidsLimit", update.pids_limit);
        write_restart_policy(writer, update.restart);
    });
    return writer.text();
}

}  // namespace dockerext::apply
