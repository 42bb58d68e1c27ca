#include "observe/network_facts.hpp"

#include "observe/facts_reader.hpp"

#include <algorithm>

namespace dockerext::observe {
namespace {

bool is_short_id(const std::string& alias) {
    return alias.size() == 12 && alias.find_first_not_of("0123456789abcdef") == std::string::npos;
}

Attachment read_attachment(ObjectReader& network, Problems& problems) {
    Attachment attachment;
    model::Endpoint& endpoint = attachment.endpoint;
    for (const std::string& alias : network.strings("Aliases")) {
        if (!is_short_id(alias)) endpoint.aliases.insert(alias);
    }
    for (const std::string& link : network.strings("Links")) endpoint.links.insert(requested_link(link));
    if (const auto ipam = network.take("IPAMConfig")) {
        ObjectReader addresses(*ipam, problems);
        endpoint.has_ipam_config = true;
        endpoint.ipv4_address = text_in(addresses, "IPv4Address");
        endpoint.ipv6_address = text_in(addresses, "IPv6Address");
        endpoint.link_local_ips = text_set_in(addresses, "LinkLocalIPs");
    }
    endpoint.driver_options = text_map_in(network, "DriverOpts", problems);
    endpoint.mac_address = text_in(network, "MacAddress");
    endpoint.gateway_priority = count_in(network, "GwPriority");
    attachment.network = {text_in(network, "NetworkID")};
    return attachment;
}

}  // namespace

std::map<model::NetworkName, Attachment> attachments_in(ObjectReader& network_settings, Problems& problems) {
    std::map<model::NetworkName, Attachment> attachments;
    for (const auto& [name, member] : members_in(network_settings, "Networks", problems)) {
        if (member.is(JsonType::null)) {
            attachments.try_emplace({name});
            continue;
        }
        ObjectReader network(member, problems);
        attachments.try_emplace({name}, read_attachment(network, problems));
    }
    return attachments;
}

std::string requested_link(const std::string& link) {
    const std::size_t colon = link.find(':');
    if (!link.starts_with('/') || colon == std::string::npos) return link;
    return link.substr(1, colon) + link.substr(link.rfind('/') + 1);
}

}  // namespace dockerext::observe
