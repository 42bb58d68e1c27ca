#include "apply/limits_body.hpp"

#include "apply/bodies.hpp"

namespace dockerext::apply {
namespace {

/// On a create without MemorySwap, the engine uses its default; an update does not, and fails if the old
/// value is smaller.
model::MemoryLimit swap_of(const model::UpdateContainer& update) {
    return update.memory_swap ? update.memory_swap : model::default_swap(update.memory);
}

}  // namespace

void write_restart_policy(BodyWriter& writer, const model::RestartPolicy& restart) {
    writer.object("RestartPolicy", [&] {
        writer.member("Name", to_string(restart.kind));
        writer.member("MaximumRetryCount", restart.max_retries.value_or(0));
    });
}

std::string update_container_body(const model::UpdateContainer& update) {
    BodyWriter writer;
    writer.object([&] {
        writer.number_if_set("Memory", update.memory);
        writer.number_if_set("MemorySwap", swap_of(update));
        writer.number_if_set("MemoryReservation", update.memory_reservation);
        writer.number_if_set("NanoCpus", update.cpus);
        writer.number_if_set("CpuShares", update.cpu_shares);
        writer.number_if_set("CpuQuota", update.cpu_quota);
        writer.number_if_set("CpuPeriod", update.cpu_period);
        writer.member_if_set("CpusetCpus", update.cpuset);
        writer.number_if_set("PidsLimit", update.pids_limit);
        write_restart_policy(writer, update.restart);
    });
    return writer.text();
}

}  // namespace dockerext::apply
