#include "compose/unique.hpp"

#include "compose/mount.hpp"
#include "compose/port.hpp"
#include "compose/scalar.hpp"

#include <array>
#include <optional>
#include <unordered_map>
#include <utility>

namespace dockerext::compose {
namespace {

using ItemKey = std::optional<std::string>;  ///< what an item is about; none if a reader will refuse it

ItemKey text_of(const Node* node) { return node ? scalar_text(*node) : std::nullopt; }

ItemKey variable(const Node& item) {
    return item.text() ? ItemKey(item.text()->substr(0, item.text()->find('='))) : std::nullopt;
}

ItemKey mount_target(const Node& item) {
    if (!item.text()) return text_of(item.find("target"));
    const auto mount = parse_mount(*item.text());
    return mount ? ItemKey(mount->target) : std::nullopt;
}

ItemKey device_target(const Node& item) {
    if (!item.text()) return text_of(item.find("target"));
    const std::string& text = *item.text();
    const std::size_t colon = text.find(':');
    return colon == std::string::npos ? text : text.substr(colon + 1, text.find(':', colon + 1) - colon - 1);
}

ItemKey file_path(const Node& item) { return item.text() ? *item.text() : text_of(item.find("path")); }

std::string port_key(const std::string& host, const std::string& published, const std::string& target,
                     const std::string& protocol) {
    return (host.empty() ? "0.0.0.0" : host) + ":" + published + ":" + target + "/" + protocol;
}

/// Compose treats a port that is published as a number as different from one published as a text.
std::string published_key(const Node* node) {
    return node && !node->text() ? "number " + scalar_text(*node).value_or("") : text_of(node).value_or("");
}

/// Ports are first compared as written.
ItemKey port_as_written(const Node& item) { return item.map() ? std::nullopt : scalar_text(item); }

/// A range is compared as written.
ItemKey port(const Node& item) {
    if (item.map()) {
        return port_key(text_of(item.find("host_ip")).value_or(""), published_key(item.find("published")),
                        text_of(item.find("target")).value_or(""),
                        text_of(item.find("protocol")).value_or("tcp"));
    }
    ItemKey text = scalar_text(item);
    const auto one = text ? parse_single_port(*text) : std::nullopt;
    if (!one) return text;
    return port_key(one->host_ip, one->published, std::to_string(one->target), one->protocol);
}

/// The target of a secret or config; by default its name in the folder.
template <char folder>
ItemKey file_target(const Node& item) {
    const std::string prefix = folder == 's' ? "/run/secrets/" : "/";
    if (item.text()) return prefix + *item.text();
    if (const Node* target = item.find("target")) return scalar_text(*target);
    const ItemKey source = text_of(item.find("source"));
    return source ? ItemKey(prefix + *source) : std::nullopt;
}

struct UniqueList {
    std::string_view key;
    ItemKey (*key_of_item)(const Node& item);
};

constexpr std::array unique_lists = std::to_array<UniqueList>({
    {"annotations", variable},     {"cap_add", variable},         {"cap_drop", variable},
    {"configs", file_target<'c'>}, {"devices", device_target},    {"dns", variable},
    {"dns_opt", variable},         {"dns_search", variable},      {"env_file", file_path},
    {"environment", variable},     {"expose", scalar_text},       {"labels", variable},
    {"links", variable},           {"ports", port_as_written},    {"ports", port},
    {"profiles", variable},        {"secrets", file_target<'s'>}, {"sysctls", variable},
    {"tmpfs", variable},           {"volumes", mount_target},
});

void keep_last(Node::List& list, ItemKey (*key_of_item)(const Node&)) {
    std::unordered_map<std::string, std::size_t> places;
    Node::List kept;
    for (Node& item : list) {
        const ItemKey item_key = key_of_item(item);
        const auto [place, is_new] =
            item_key ? places.emplace(*item_key, kept.size()) : std::pair(places.end(), true);
        if (is_new) kept.push_back(std::move(item));
        else kept[place->second] = std::move(item);
    }
    list = std::move(kept);
}

void keep_last_items(Node* node, ItemKey (*key_of_item)(const Node&)) {
    auto* list = node ? std::get_if<Node::List>(&node->value) : nullptr;
    if (list && list->size() > 1) keep_last(*list, key_of_item);
}

void make_unique(Node& service) {
    auto* members = std::get_if<Node::Map>(&service.value);
    if (!members) return;
    for (auto& [key, value] : *members) {
        for (const auto& [name, key_of_item] : unique_lists) {
            if (name == key) keep_last_items(&value, key_of_item);
        }
    }
    Node* networks = service.find("networks");
    auto* attachments = networks ? std::get_if<Node::Map>(&networks->value) : nullptr;
    if (!attachments) return;
    for (auto& [name, attachment] : *attachments) {
        keep_last_items(attachment.find("aliases"), variable);
        keep_last_items(attachment.find("link_local_ips"), variable);
    }
}

}  // namespace

void make_unique(Node::Map& services) {
    for (auto& [name, service] : services) make_unique(service);
}

}  // namespace dockerext::compose
