#include "compose/key.hpp"
#include "compose/ulimits.hpp"

#include <array>
#include <cmath>

namespace dockerext::compose {
namespace {

void write_ulimits_of(const Service& from, std::string_view name, CanonicalJson& json) {
    write_ulimits(name, from.ulimits, json);
}

void apply_ulimits(const Service& from, const Naming&, model::Service& into) {
    into.container.ulimits = to_model(from.ulimits);
}

/// Single precision throughout, as in Compose.
void apply_cpus(const Service& from, const Naming&, model::Service& into) {
    model::set_from(static_cast<std::int64_t>(from.cpus * 1e9F), into.container.cpus);
}

void read_cpu_percent(const Node& node, float& into, Diagnostics& diagnostics) {
    read(node, into, diagnostics);
    if (!(into >= 0 && into <= 100) || into != std::floor(into))
        diagnostics.problem(node, "expected a whole number from 0 to 100");
}

/// Compose passes hundredths on.
void apply_cpu_percent(const Service& from, const Naming&, model::Service& into) {
    model::set_from(static_cast<std::int64_t>(from.cpu_percent * 100), into.container.cpu_percent);
}

template <auto member, auto target>
void apply_number(const Service& from, const Naming&, model::Service& into) {
    model::set_from(model::number_of(from.*member), into.container.*target);
}

/// A number that is passed to the container.
template <auto member, auto target>
constexpr Key number_key(std::string_view name) {
    return {field<member>(name), apply_number<member, target>};
}

using model::ContainerSpec;

}  // namespace

std::span<const Key> limit_keys() {
    static constexpr std::array keys = std::to_array<Key>({
        {field<&Service::cpus, read_cpus>("cpus"), apply_cpus},
        number_key<&Service::mem_limit, &ContainerSpec::memory>("mem_limit"),
        number_key<&Service::memswap_limit, &ContainerSpec::memory_swap>("memswap_limit"),
        {field<&Service::cpu_count, read_within<0, 65535>>("cpu_count"),
         apply_number<&Service::cpu_count, &ContainerSpec::cpu_count>},
        {field<&Service::cpu_percent, read_cpu_percent>("cpu_percent"), apply_cpu_percent},
        number_key<&Service::cpu_period, &ContainerSpec::cpu_period>("cpu_period"),
        number_key<&Service::cpu_quota, &ContainerSpec::cpu_quota>("cpu_quota"),
        number_key<&Service::cpu_rt_period, &ContainerSpec::cpu_realtime_period>("cpu_rt_period"),
        number_key<&Service::cpu_rt_runtime, &ContainerSpec::cpu_realtime_runtime>("cpu_rt_runtime"),
        number_key<&Service::cpu_shares, &ContainerSpec::cpu_shares>("cpu_shares"),
        plain_key<&Service::cpuset, &ContainerSpec::cpuset>("cpuset"),
        number_key<&Service::mem_reservation, &ContainerSpec::memory_reservation>("mem_reservation"),
        // a number, or a text of one; the config-hash has it as a text in bytes
        number_key<&Service::mem_swappiness, &ContainerSpec::memory_swappiness>("mem_swappiness"),
        plain_key<&Service::oom_kill_disable, &ContainerSpec::oom_kill_disable>("oom_kill_disable"),
        {field<&Service::oom_score_adj, read_within<-1000, 1000>>("oom_score_adj"),
         apply_number<&Service::oom_score_adj, &ContainerSpec::oom_score_adj>},
        number_key<&Service::pids_limit, &ContainerSpec::pids_limit>("pids_limit"),
        number_key<&Service::shm_size, &ContainerSpec::shm_size>("shm_size"),
        plain_key<&Service::sysctls, &ContainerSpec::sysctls>("sysctls"),
        {{"ulimits", read_member_by<&Service::ulimits, read_ulimits>, write_ulimits_of}, apply_ulimits},
    });
    return keys;
}

}  // namespace dockerext::compose
