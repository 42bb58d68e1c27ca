#include "compose/old_format.hpp"

#include <algorithm>
#include <optional>

namespace dockerext::compose {
namespace {

std::optional<Node> extract(Node::Map& map, std::string_view key) {
    const auto found =
        std::find_if(map.begin(), map.end(), [&](const auto& each) { return each.first == key; });
    if (found == map.end()) return std::nullopt;
    Node node = std::move(found->second);
    map.erase(found);
    return node;
}

Node node_like(const Node& origin, decltype(Node::value) value) {
    Node node;
    node.pointer = origin.pointer;
    node.place = origin.place;
    node.value = std::move(value);
    return node;
}

/// The volume's name in "data:/d" or in a mount of type volume; "" if there is none.
std::string volume_name(const Node& volume) {
    if (const auto* text = volume.text()) {
        const std::size_t colon = text->find(':');
        const bool path =
            text->empty() || std::string_view("./~").find(text->front()) != std::string_view::npos;
        return path || colon == std::string::npos ? "" : text->substr(0, colon);
    }
    const Node* type = volume.find("type");
    const Node* source = volume.find("source");
    const bool named = type && type->text() && *type->text() == "volume" && source && source->text();
    return named ? *source->text() : "";
}

class Rewriter {
public:
    Rewriter(Sections& sections, Diagnostics& diagnostics) : sections_(sections), diagnostics_(diagnostics) {}

    void service(Node& node) {
        auto* map = std::get_if<Node::Map>(&node.value);
        if (!map) return;
        rename_net(*map);
        gather_logging(*map);
        move_dockerfile(*map);
        mark_containers(*map);
        declare_volumes(*map);
    }

private:
    /// Replaces the key `old` by `key`, unless that exists as well.
    void put(Node::Map& map, std::string_view old, const char* key, Node value) {
        const bool taken =
            std::any_of(map.begin(), map.end(), [&](const auto& member) { return member.first == key; });
        if (taken)
            return diagnostics_.problem(value,
                                        "'" + std::string(old) + "' and '" + key + "' exclude each other");
        map.emplace_back(key, std::move(value));
    }

    bool is_service(std::string_view name) const {
        return std::any_of(sections_.services.begin(), sections_.services.end(),
                           [&](const auto& member) { return member.first == name; });
    }

    void rename_net(Node::Map& map) {
        auto net = extract(map, "net");
        if (!net) return;
        constexpr std::string_view container = "container:";
        const auto* text = net->text();
        if (text && text->starts_with(container) && is_service(text->substr(container.size())))
            net->value = "service:" + text->substr(container.size());
        put(map, "net", "network_mode", std::move(*net));
    }

    void gather_logging(Node::Map& map) {
        auto driver = extract(map, "log_driver");
        auto options = extract(map, "log_opt");
        if (!driver && !options) return;
        const Node origin = node_like(driver ? *driver : *options, nullptr);
        Node::Map logging;
        if (driver) logging.emplace_back("driver", std::move(*driver));
        if (options) logging.emplace_back("options", std::move(*options));
        put(map, "log_driver", "logging", node_like(origin, std::move(logging)));
    }

    void move_dockerfile(Node::Map& map) {
        auto dockerfile = extract(map, "dockerfile");
        if (!dockerfile) return;
        auto build = extract(map, "build");
        if (!build || !build->text())
            return diagnostics_.problem(*dockerfile,
                                        "'dockerfile' needs a 'build' beside it that is a folder");
        Node::Map parts;
        parts.emplace_back("context", *build);
        parts.emplace_back("dockerfile", std::move(*dockerfile));
        map.emplace_back("build", node_like(*build, std::move(parts)));
    }

    /// A name that is not a service's is a container's.
    void mark_containers(Node::Map& map) {
        const auto found = std::find_if(map.begin(), map.end(),
                                        [](const auto& each) { return each.first == "volumes_from"; });
        auto* list = found == map.end() ? nullptr : std::get_if<Node::List>(&found->second.value);
        if (!list) return;
        for (Node& item : *list) {
            auto* text = std::get_if<std::string>(&item.value);
            if (text && !text->starts_with("container:") && !is_service(text->substr(0, text->find(':'))))
                text->insert(0, "container:");
        }
    }

    void declare_volumes(Node::Map& map) {
        const auto driver = extract(map, "volume_driver");
        for (const auto& [key, value] : map) {
            if (key != "volumes" || !value.list()) continue;
            for (const Node& volume : *value.list()) {
                if (const std::string name = volume_name(volume); !name.empty())
                    declare(name, volume, driver);
            }
        }
    }

    void declare(const std::string& name, const Node& origin, const std::optional<Node>& driver) {
        Node::Map volume;
        volume.emplace_back("name", node_like(origin, name));
        if (driver) volume.emplace_back("driver", *driver);
        const auto other = std::find_if(sections_.volumes.begin(), sections_.volumes.end(),
                                        [&](const auto& member) { return member.first == name; });
        if (other == sections_.volumes.end()) {
            sections_.volumes.emplace_back(name, node_like(origin, std::move(volume)));
            return;
        }
        const Node* before = other->second.find("driver");
        const bool same =
            before && driver && before->text() && driver->text() && *before->text() == *driver->text();
        if (!driver || same) return;
        if (before) diagnostics_.problem(*driver, "the volume '" + name + "' has another driver already");
        else other->second.value = std::move(volume);
    }

    Sections& sections_;
    Diagnostics& diagnostics_;
};

}  // namespace

void convert_old_format(Sections& sections, Diagnostics& diagnostics) {
    Rewriter rewriter(sections, diagnostics);
    for (auto& [name, node] : sections.services) rewriter.service(node);
}

}  // namespace dockerext::compose
