#include "apply/endpoint_body.hpp"

#include "apply/bodies.hpp"

namespace dockerext::apply {
namespace {

constexpr engine::ApiVersion endpoint_mac{1, 44};
constexpr engine::ApiVersion endpoint_priority{1, 48};

bool has_addresses(const model::Endpoint& endpoint) {
    return !endpoint.ipv4_address.empty() || !endpoint.ipv6_address.empty() ||
           !endpoint.link_local_ips.empty();
}

void write_ipam(BodyWriter& writer, const model::Endpoint& endpoint) {
    if (!endpoint.has_ipam_config && !has_addresses(endpoint)) {
        writer.null_member("IPAMConfig");
        return;
    }
    writer.object("IPAMConfig", [&] {
        writer.member_if_set("IPv4Address", endpoint.ipv4_address);
        writer.member_if_set("IPv6Address", endpoint.ipv6_address);
        writer.member_if_set("LinkLocalIPs", endpoint.link_local_ips);
    });
}

}  // namespace

void write_endpoint(BodyWriter& writer, const model::Endpoint& endpoint, engine::ApiVersion api) {
    write_ipam(writer, endpoint);
    writer.member_if_set("Links", endpoint.links);
    writer.member_if_set("Aliases", endpoint.aliases);
    writer.member_if_set("DriverOpts", endpoint.driver_options);
    if (api >= endpoint_mac) writer.member_if_set("MacAddress", endpoint.mac_address);
    if (api >= endpoint_priority) writer.member_if_set("GwPriority", endpoint.gateway_priority);
}

std::string connect_network_body(const std::string& container_id, const model::Endpoint& endpoint,
                                 engine::ApiVersion api) {
    BodyWriter writer;
    writer.object([&] {
        writer.member("Container", container_id);
        writer.object("EndpointConfig", [&] { write_endpoint(writer, endpoint, api); });
    });
    return writer.text();
}

}  // namespace dockerext::apply
