#include "compose/extra_hosts.hpp"
#include "compose/key.hpp"

#include <array>

namespace dockerext::compose {
namespace {

constexpr const char* interface_option = "com.docker.network.endpoint.ifname";

void read_priority(const Node& node, std::int64_t& into, Diagnostics& diagnostics) {
    if (node.text()) return diagnostics.expected(node, "number");
    read(node, into, diagnostics);
}

constexpr std::array attachment_fields = std::to_array<Field<Attachment>>({
    field<&Attachment::aliases, read_keyed>("aliases"),
    field<&Attachment::driver_opts, read_options>("driver_opts"),
    field<&Attachment::gw_priority>("gw_priority"),
    field<&Attachment::interface_name>("interface_name"),
    field<&Attachment::ipv4_address>("ipv4_address"),
    field<&Attachment::ipv6_address>("ipv6_address"),
    field<&Attachment::link_local_ips, read_keyed>("link_local_ips"),
    field<&Attachment::mac_address>("mac_address"),
    field<&Attachment::priority, read_priority>("priority"),
});

}  // namespace

Table<Attachment> table_of(const Attachment*) { return {"a service's network", attachment_fields}; }

namespace {

void read_listed(const Node& node, std::map<std::string, Attachment>& into, Diagnostics& diagnostics) {
    for (const Node& item : *node.list()) {
        if (!item.text()) {
            diagnostics.expected(item, "string");
            continue;
        }
        const auto [place, is_new] = into.try_emplace(*item.text());
        place->second.pointer = item.pointer;
        if (!is_new) diagnostics.problem(item, "'" + *item.text() + "' is listed twice");
    }
}

void read_networks(const Node& node, std::map<std::string, Attachment>& into, Diagnostics& diagnostics) {
    if (node.list()) return read_listed(node, into, diagnostics);
    if (!node.map()) return diagnostics.expected(node, "list or map");
    for (const auto& [key, value] : *node.map()) {
        Attachment& attachment = into[key];
        attachment.pointer = value.pointer;
        attachment.given = !value.is_null();
        if (attachment.given) read(value, attachment, diagnostics);
    }
}

void write_networks(const Service& from, std::string_view name, CanonicalJson& json) {
    if (from.networks.empty()) return;
    json.key(name);
    json.open_object();
    for (const auto& [key, attachment] : from.networks) {
        json.key(key);
        if (attachment.given) write(attachment, json);
        else json.null();
    }
    json.close_object();
}

/// The key of the network to join first: by priority, then by name.
const std::string& primary(const std::map<std::string, Attachment>& networks) {
    auto first = networks.begin();
    for (auto it = first; it != networks.end(); ++it) {
        if (it->second.priority > first->second.priority) first = it;
    }
    return first->first;
}

void apply_networks(const Service& from, const Naming& naming, model::Service& into) {
    into.container.mac_address = from.mac_address;  // applies to any network
    if (from.networks.empty()) return;
    into.container.network_mode = naming.networks.at(primary(from.networks));
    for (const auto& [key, attachment] : from.networks) {
        model::Endpoint& endpoint = into.container.networks[model::NetworkName{naming.networks.at(key)}];
        endpoint.aliases.insert(attachment.aliases.begin(), attachment.aliases.end());
        endpoint.aliases.insert(from.name);
        endpoint.ipv4_address = attachment.ipv4_address;
        endpoint.ipv6_address = attachment.ipv6_address;
        endpoint.link_local_ips.insert(attachment.link_local_ips.begin(), attachment.link_local_ips.end());
        endpoint.has_ipam_config = attachment.given;
        endpoint.driver_options = attachment.driver_opts;
        if (!attachment.interface_name.empty())
            endpoint.driver_options[interface_option] = attachment.interface_name;
        endpoint.gateway_priority = attachment.gw_priority;
        endpoint.mac_address = attachment.mac_address;
    }
    model::Endpoint& first = into.container.networks[model::NetworkName{into.container.network_mode}];
    if (first.mac_address.empty()) first.mac_address = from.mac_address;
    into.container.mac_address = first.mac_address;
}

void apply_external_links(const Service& from, const Naming&, model::Service& into) {
    for (const std::string& link : from.external_links) {
        into.container.links.push_back(link.find(':') == std::string::npos ? link + ":" + link : link);
    }
}

void read_network_mode(const Node& node, std::optional<std::string>& into, Diagnostics& diagnostics) {
    read(node, into.emplace(), diagnostics);
    if (*into == service_prefix) diagnostics.problem(node, "a service's name must follow 'service:'");
}

void write_network_mode(const Service& from, std::string_view name, CanonicalJson& json) {
    write(name, from.network_mode.value_or(""), json);
}

void apply_network_mode(const Service& from, const Naming&, model::Service& into) {
    if (!from.network_mode) return;
    if (from.network_mode->starts_with(service_prefix)) {
        into.network_mode_service = model::ServiceName{from.network_mode->substr(service_prefix.size())};
    } else {
        into.container.network_mode = from.network_mode->empty() ? "none" : *from.network_mode;
    }
}

void apply_extra_hosts(const Service& from, const Naming&, model::Service& into) {
    for (std::string host : from.extra_hosts) {
        host[host.find('=')] = ':';
        into.container.extra_hosts.push_back(std::move(host));
    }
}

using model::ContainerSpec;

}  // namespace

std::span<const Key> network_keys() {
    static constexpr std::array keys = std::to_array<Key>({
        {{"networks", read_member_by<&Service::networks, read_networks>, write_networks}, apply_networks},
        {{"network_mode", read_member_by<&Service::network_mode, read_network_mode>, write_network_mode},
         apply_network_mode},
        {field<&Service::dns, read_one_or_more>("dns"), copy_member<&Service::dns, &ContainerSpec::dns>},
        {field<&Service::dns_opt, read_keyed>("dns_opt"),
         copy_member<&Service::dns_opt, &ContainerSpec::dns_options>},
        {field<&Service::dns_search, read_one_or_more>("dns_search"),
         copy_member<&Service::dns_search, &ContainerSpec::dns_search>},
        {field<&Service::extra_hosts, read_extra_hosts>("extra_hosts"), apply_extra_hosts},
        {field<&Service::external_links>("external_links"), apply_external_links},
        {field<&Service::mac_address>("mac_address")},
    });
    return keys;
}

}  // namespace dockerext::compose
