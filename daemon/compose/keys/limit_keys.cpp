#include "compose/key.hpp"

#include <array>

namespace dockerext::compose {
namespace {

constexpr std::array ulimit_fields = std::to_array<Field<Ulimit>>({
    field<&Ulimit::soft>("soft"),
    field<&Ulimit::hard>("hard"),
});

void read_ulimits(const Node& node, std::map<std::string, Ulimit>& into, Report& report) {
    const Node::Map* map = expect_map(node, report);
    if (!map) return;
    for (const auto& [name, value] : *map) {
        Ulimit& limit = into[name];
        if (!value.map()) {
            read(value, limit.single, report);
            continue;
        }
        read_fields(value, limit, std::span<const Field<Ulimit>>(ulimit_fields), "an ulimit", report);
        if (!value.find("soft") || !value.find("hard"))
            report.problem(value, "'soft' and 'hard' are both needed");
    }
}

void write_ulimits(const Service& from, std::string_view name, CanonicalJson& json) {
    if (from.ulimits.empty()) return;
    json.key(name);
    json.open_object();
    for (const auto& [limit, value] : from.ulimits) {
        json.key(limit);
        if (value.single != 0) json.number(value.single);
        else write_fields(value, std::span<const Field<Ulimit>>(ulimit_fields), json);
    }
    json.close_object();
}

void apply_ulimits(const Service& from, const Naming&, model::Service& into) {
    for (const auto& [name, limit] : from.ulimits) {
        const bool pair = limit.single == 0;
        into.container.ulimits[name] = {pair ? limit.soft : limit.single, pair ? limit.hard : limit.single};
    }
}

/// Single precision throughout, as Compose counts.
void apply_cpus(const Service& from, const Naming&, model::Service& into) {
    into.container.nano_cpus = static_cast<std::int64_t>(from.cpus * 1e9F);
}

void read_cpus(const Node& node, float& into, Report& report) {
    read(node, into, report);
    if (!(into >= 0 && into <= 1e6F)) report.problem(node, "expected a number of CPUs, 0 or more");
}

using model::ContainerSpec;

constexpr std::array keys = std::to_array<Key>({
    {field<&Service::cpus, read_cpus>("cpus"), apply_cpus},
    plain_key<&Service::mem_limit, &ContainerSpec::memory>("mem_limit"),
    plain_key<&Service::memswap_limit, &ContainerSpec::memory_swap>("memswap_limit"),
    plain_key<&Service::sysctls, &ContainerSpec::sysctls>("sysctls"),
    {{"ulimits", read_member_by<&Service::ulimits, read_ulimits>, write_ulimits}, apply_ulimits},
});

}  // namespace

std::span<const Key> limit_keys() { return keys; }

}  // namespace dockerext::compose
