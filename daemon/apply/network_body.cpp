#include "apply/bodies.hpp"
#include "apply/body_writer.hpp"

namespace dockerext::apply {
namespace {

/// Since this version, the engine keeps network names unique.
constexpr engine::ApiVersion unique_network_names{1, 44};
constexpr engine::ApiVersion enable_ipv4{1, 48};

void write_pool(BodyWriter& writer, const model::IpamPool& pool) {
    writer.object([&] {
        writer.member_if_set("Subnet", pool.subnet);
        writer.member_if_set("IPRange", pool.ip_range);
        writer.member_if_set("Gateway", pool.gateway);
        writer.member_if_set("AuxiliaryAddresses", pool.aux_addresses);
    });
}

void write_ipam(BodyWriter& writer, const model::NetworkSpec& spec) {
    if (spec.ipam_driver.empty() && spec.ipam_pools.empty()) return;
    writer.object("IPAM", [&] {
        writer.member_if_set("Driver", spec.ipam_driver);
        writer.array("Config", [&] {
            for (const model::IpamPool& pool : spec.ipam_pools) write_pool(writer, pool);
        });
    });
}

}  // namespace

std::string create_network_body(const model::NetworkSpec& spec, engine::ApiVersion api) {
    BodyWriter writer;
    writer.object([&] {
        writer.member("Name", spec.name.value);
        if (api < unique_network_names) writer.member("CheckDuplicate", true);
        writer.member_if_set("Driver", spec.driver);
        writer.member_if_set("Options", spec.driver_options);
        write_ipam(writer, spec);
        writer.member_if_set("Internal", spec.internal);
        writer.member_if_set("Attachable", spec.attachable);
        writer.member_if_set("EnableIPv6", spec.enable_ipv6);
        if (spec.enable_ipv4 && api >= enable_ipv4) writer.member("EnableIPv4", *spec.enable_ipv4);
        writer.member("Labels", spec.labels);
    });
    return writer.text();
}

}  // namespace dockerext::apply
