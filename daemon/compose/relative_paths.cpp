#include "compose/relative_paths.hpp"

#include "compose/host_path.hpp"

#include <algorithm>

namespace dockerext::compose {
namespace {

/// Calls `act` with every member of a map, or item of a list.
template <typename Act>
void for_each(Node* node, Act act) {
    if (!node) return;
    if (auto* list = std::get_if<Node::List>(&node->value)) std::for_each(list->begin(), list->end(), act);
    if (auto* map = std::get_if<Node::Map>(&node->value)) {
        for (auto& member : *map) act(member.second);
    }
}

class PathResolver {
public:
    explicit PathResolver(const std::string& directory) : directory_(directory) {}

    void service(Node& service) const {
        for_each_path(service.find("env_file"));
        for_each_path(service.find("label_file"));
        if (Node* extends = service.find("extends")) path(extends->find("file"));
        if (Node* build = service.find("build")) this->build(*build);
        if (Node* develop = service.find("develop")) {
            for_each(develop->find("watch"), [this](Node& rule) { path(rule.find("path")); });
        }
        for_each(service.find("volumes"), [this](Node& volume) { mount(volume); });
    }

    void volume(Node& volume) const {
        Node* options = volume.find("driver_opts");
        const Node* kind = options ? options->find("o") : nullptr;
        const Node* driver = volume.find("driver");
        const bool local = driver && driver->text() && *driver->text() == "local";
        if (local && kind && kind->text() && *kind->text() == "bind") path(options->find("device"));
    }

    void path(Node* node) const {
        auto* text = node ? std::get_if<std::string>(&node->value) : nullptr;
        if (text && !text->empty()) *text = host_path(*text, directory_);
    }

private:
    /// Handles a path, a list of paths, or a list of maps with a path.
    void for_each_path(Node* node) const {
        path(node);
        for_each(node, [this](Node& item) { path(item.map() ? item.find("path") : &item); });
    }

    void mount(Node& volume) const {
        if (volume.map()) {
            const Node* type = volume.find("type");
            if (type && type->text() && *type->text() == "bind") path(volume.find("source"));
            return;
        }
        auto* text = std::get_if<std::string>(&volume.value);
        if (!text || (!text->starts_with('.') && !text->starts_with('~'))) return;
        const std::size_t colon = text->find(':');
        if (colon != std::string::npos)
            *text = host_path(text->substr(0, colon), directory_) + text->substr(colon);
    }

    void build(Node& build) const {
        context(build.map() ? build.find("context") : &build);
        for_each(build.find("additional_contexts"), [this](Node& item) { context(&item); });
    }

    /// Handles a context, which is a folder unless it is an address or another service.
    void context(Node* node) const {
        const auto* text = node ? node->text() : nullptr;
        if (text && !is_address(*text) && !text->starts_with("service:")) path(node);
    }

    const std::string& directory_;
};

}  // namespace

void make_paths_absolute(Node& document, const std::string& directory) {
    const PathResolver resolver(directory);
    for_each(document.find("services"), [&](Node& service) { resolver.service(service); });
    for_each(document.find("volumes"), [&](Node& volume) { resolver.volume(volume); });
    for (const std::string_view section : {"configs", "secrets"}) {
        for_each(document.find(section), [&](Node& item) { resolver.path(item.find("file")); });
    }
}

}  // namespace dockerext::compose
