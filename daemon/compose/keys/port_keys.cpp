#include "compose/key.hpp"
#include "compose/port.hpp"
#include "compose/scalar.hpp"

#include <array>
#include <set>
#include <unordered_set>
#include <utility>

namespace dockerext::compose {
namespace {

void read_target(const Node& node, std::int64_t& into, Diagnostics& diagnostics) {
    read(node, into, diagnostics);
    if (into < 1 || into > 65535) diagnostics.problem(node, "expected a port from 1 to 65535");
}

void read_published(const Node& node, std::string& into, Diagnostics& diagnostics) {
    const auto text = scalar_text(node);
    if (!text || std::holds_alternative<bool>(node.value))
        return diagnostics.expected(node, "port, or string \"FIRST-LAST\"");
    into = *text;
    if (!is_published(into))
        diagnostics.problem(node, "'" + into + "' is neither a port nor a range of ports");
}

/// Capital letters are accepted, and kept for the config-hash.
void read_port_mode(const Node& node, std::string& into, Diagnostics& diagnostics) {
    read(node, into, diagnostics);
    const std::string word = lower(into);
    if (word != "ingress" && word != "host")
        diagnostics.problem(node, "expected host or ingress, found '" + into + "'");
}

void read_protocol(const Node& node, std::string& into, Diagnostics& diagnostics) {
    read(node, into, diagnostics);
    const std::string word = lower(into);
    if (word != "tcp" && word != "udp" && word != "sctp")
        diagnostics.problem(node, "expected tcp, udp or sctp, found '" + into + "'");
}

void read_host_ip(const Node& node, std::string& into, Diagnostics& diagnostics) {
    read(node, into, diagnostics);
    if (node.text() && !is_ip_address(into))
        diagnostics.problem(node, "expected an IP address, found '" + into + "'");
}

constexpr std::array port_fields = std::to_array<Field<Port>>({
    field<&Port::name>("name"),
    field<&Port::mode, read_port_mode>("mode"),
    field<&Port::host_ip, read_host_ip>("host_ip"),
    field<&Port::target, read_target>("target"),
    field<&Port::published, read_published>("published"),
    field<&Port::protocol, read_protocol>("protocol"),
    field<&Port::app_protocol>("app_protocol"),
});

}  // namespace

Table<Port> table_of(const Port*) { return {"a port", port_fields}; }

namespace {

void read_long(const Node& item, std::vector<Port>& into, Diagnostics& diagnostics) {
    Port port;
    read(item, port, diagnostics);
    if (!item.find("target")) diagnostics.problem(item, "'target', the container's port, is missing");
    into.push_back(std::move(port));
}

void read_short(const Node& item, const std::string& text, std::vector<Port>& into,
                Diagnostics& diagnostics) {
    auto ports = parse_port(text);
    if (!ports) return diagnostics.problem(item, ports.error().message());
    if (!diagnostics.spend(ports->size() * sizeof(Port)))
        diagnostics.problem(item, "too many ports in this document");
    into.insert(into.end(), ports->begin(), ports->end());
}

void read_ports(const Node& node, std::vector<Port>& into, Diagnostics& diagnostics) {
    const Node::List* list = expect_list(node, diagnostics);
    if (!list) return;
    std::unordered_set<std::string> seen;
    for (const Node& item : *list) {
        if (diagnostics.is_limit_exceeded()) return;  // reported already
        const auto* number = std::get_if<std::int64_t>(&item.value);
        if (item.map()) read_long(item, into, diagnostics);
        else if (!item.text() && !number) diagnostics.expected(item, "port, string or map");
        else if (const auto text = scalar_text(item); seen.insert(*text).second)
            read_short(item, *text, into, diagnostics);
    }
}

void read_expose(const Node& node, std::vector<std::string>& into, Diagnostics& diagnostics) {
    const Node::List* list = expect_list(node, diagnostics);
    if (!list) return;
    std::unordered_set<std::string> seen;
    for (const Node& item : *list) {
        const bool fits = item.text() || std::holds_alternative<std::int64_t>(item.value);
        if (!fits) diagnostics.expected(item, "port or string");
        else if (auto text = scalar_text(item); seen.insert(*text).second) into.push_back(std::move(*text));
    }
}

void apply_ports(const Service& from, const Naming&, model::Service& into) {
    std::set<std::pair<std::string, model::PortBinding>> seen;
    for (const Port& port : from.ports) {
        const std::string key = std::to_string(port.target) + "/" + port.protocol;
        const model::PortBinding binding{port.host_ip, port.published};
        if (!seen.emplace(key, binding).second) continue;
        into.container.port_bindings[key].push_back(binding);
        into.container.exposed_ports.insert(key);
    }
}

/// As written: Compose passes "3000" on without a protocol.
void apply_expose(const Service& from, const Naming&, model::Service& into) {
    into.container.exposed_ports.insert(from.expose.begin(), from.expose.end());
}

}  // namespace

std::span<const Key> port_keys() {
    static constexpr std::array keys = std::to_array<Key>({
        {field<&Service::ports, read_ports>("ports"), apply_ports},
        {field<&Service::expose, read_expose>("expose"), apply_expose},
    });
    return keys;
}

}  // namespace dockerext::compose
