#include "compose/yaml.hpp"

#include "compose/yaml_events.hpp"
#include "compose/yaml_scalar.hpp"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace dockerext::compose {
namespace {

using Kind = YamlEvent::Kind;

constexpr std::size_t document_limit = std::size_t{1} << 20;
constexpr std::size_t max_levels = 64;
constexpr std::size_t max_copied = std::size_t{64} << 20;  ///< bytes of nodes copied for anchors and aliases

/// A complete node and the cost of a copy.
struct SizedNode {
    Node node;
    std::size_t bytes = sizeof(Node);
    std::size_t levels = 0;  ///< of nested lists and maps, including this node
};

/// A list or map whose end was not read yet.
struct Open {
    Node node;
    std::string anchor;
    std::size_t bytes = sizeof(Node);
    std::size_t levels = 1;
    std::optional<std::string> key;  ///< a map's key whose value comes next
    SourceLocation key_place;
    bool merging = false;        ///< whether that key is a <<
    std::optional<Node> merged;  ///< the members from this map's <<
    std::unordered_set<std::string> keys;
};

MergeMode merge_mode_of(std::string_view tag) {
    if (tag == "!reset") return MergeMode::reset;
    return tag == "!override" ? MergeMode::replace : MergeMode::normal;
}

bool is_merge_key(const YamlEvent& event) {
    return event.text == "<<" && event.plain &&
           (event.tag.empty() || event.tag == "!" || event.tag == "tag:yaml.org,2002:merge");
}

bool holds_maps(const Node& node) {
    if (node.map()) return true;
    return node.list() && std::all_of(node.list()->begin(), node.list()->end(),
                                      [](const Node& item) { return item.map() != nullptr; });
}

/// Adds the members that the map itself does not have; of several maps, the first one wins.
void merge_into(Open& map, Node merged) {
    auto& members = std::get<Node::Map>(map.node.value);
    const auto add = [&](Node& from) {
        for (auto& [key, value] : std::get<Node::Map>(from.value)) {
            if (map.keys.insert(key).second) members.emplace_back(std::move(key), std::move(value));
        }
    };
    if (merged.map()) return add(merged);
    for (Node& item : std::get<Node::List>(merged.value)) add(item);
}

class Builder {
public:
    /// Handles the next event; the last document is complete after its document_end.
    Result<> add(YamlEvent event) {
        switch (event.kind) {
        case Kind::alias: return add_alias(event);
        case Kind::scalar: return add_scalar(std::move(event));
        case Kind::list_start:
        case Kind::map_start: return open(std::move(event));
        case Kind::list_end:
        case Kind::map_end: return close();
        case Kind::document_start:  // anchors go on being known, as in Compose
        case Kind::document_end:
        case Kind::stream_start:
        case Kind::stream_end: return {};
        }
        return {};
    }

    std::vector<Node> finish() { return std::move(documents_); }

private:
    bool expects_key() const { return !open_.empty() && open_.back().node.map() && !open_.back().key; }

    Result<> add_scalar(YamlEvent event) {
        if (event.text.find('\0') != std::string::npos) {
            return yaml_error(event.place, "a NUL character is not allowed");
        }
        const bool is_merge = expects_key() && is_merge_key(event);
        auto node = yaml_scalar(std::move(event.text), event.tag, event.plain);
        if (!node) return yaml_error(event.place, node.error().message());
        SizedNode sized{std::move(*node)};
        sized.node.place = event.place;
        sized.node.merging = merge_mode_of(event.tag);
        if (sized.node.text()) sized.bytes += sized.node.text()->size();
        if (auto kept = keep(event.anchor, sized); !kept) return kept;
        return add_to_parent(std::move(sized), event.place, is_merge);
    }

    Result<> add_alias(const YamlEvent& event) {
        const auto found = anchors_.find(event.anchor);
        if (found == anchors_.end()) {
            return yaml_error(event.place, "unknown anchor '" + event.anchor + "'");
        }
        if (!found->second) {
            return yaml_error(event.place, "the anchor '" + event.anchor + "' would contain itself");
        }
        if (open_.size() + found->second->levels > max_levels) return too_deep(event.place);
        if (!charge(found->second->bytes)) return too_large(event.place);
        SizedNode copy = *found->second;
        copy.node.place = event.place;
        return add_to_parent(std::move(copy), event.place, false);
    }

    Result<> open(YamlEvent event) {
        if (expects_key()) return yaml_error(event.place, "a key must be a string, not a list or map");
        if (open_.size() == max_levels) return too_deep(event.place);
        Open opened;
        opened.node.place = event.place;
        opened.node.merging = merge_mode_of(event.tag);
        if (event.kind == Kind::map_start) opened.node.value = Node::Map();
        else opened.node.value = Node::List();
        if (!event.anchor.empty()) anchors_[event.anchor] = std::nullopt;
        opened.anchor = std::move(event.anchor);
        open_.push_back(std::move(opened));
        return {};
    }

    Result<> close() {
        Open closed = std::move(open_.back());
        open_.pop_back();
        if (closed.merged) merge_into(closed, std::move(*closed.merged));
        const SourceLocation place = closed.node.place;
        SizedNode sized{std::move(closed.node), closed.bytes, closed.levels};
        if (auto kept = keep(closed.anchor, sized); !kept) return kept;
        return add_to_parent(std::move(sized), place, false);
    }

    /// Stores the node of an anchor.
    Result<> keep(const std::string& anchor, const SizedNode& sized) {
        if (anchor.empty()) return {};
        if (!charge(sized.bytes)) return too_large(sized.node.place);
        anchors_[anchor] = sized;
        return {};
    }

    /// Adds a complete node to its parent; `place` is where the node, or its alias, is written.
    Result<> add_to_parent(SizedNode sized, SourceLocation place, bool is_merge) {
        if (open_.empty()) {
            documents_.push_back(std::move(sized.node));
            return {};
        }
        Open& parent = open_.back();
        parent.bytes += sized.bytes;
        parent.levels = std::max(parent.levels, sized.levels + 1);
        if (auto* list = std::get_if<Node::List>(&parent.node.value)) {
            // An item has no counterpart to remove, so a !reset removes only the item itself.
            if (sized.node.merging != MergeMode::reset) list->push_back(std::move(sized.node));
            return {};
        }
        return parent.key ? add_value(parent, std::move(sized.node))
                          : set_key(parent, sized.node, place, is_merge);
    }

    static Result<> set_key(Open& map, Node& key, SourceLocation place, bool is_merge) {
        if (!key.text()) {
            return yaml_error(place, "a key must be a string, found " + std::string(type_name(key)) +
                                         "; write it in quotes");
        }
        // A quoted "<<" is an ordinary key, but Compose counts both as the same key.
        if (!map.keys.insert(*key.text()).second) {
            return yaml_error(place, "duplicate key '" + *key.text() + "'");
        }
        map.key = std::move(std::get<std::string>(key.value));
        map.key_place = place;
        map.merging = is_merge;
        return {};
    }

    static Result<> add_value(Open& map, Node value) {
        std::string key = std::move(*map.key);
        map.key.reset();
        if (!map.merging) {
            // A block begins below its key, but a reader looks for it at the key.
            if (value.list() || value.map()) value.place = map.key_place;
            std::get<Node::Map>(map.node.value).emplace_back(std::move(key), std::move(value));
            return {};
        }
        if (!holds_maps(value)) return yaml_error(value.place, "'<<' takes a map or a list of maps");
        map.merged = std::move(value);
        return {};
    }

    bool charge(std::size_t bytes) { return (copied_bytes_ += bytes) <= max_copied; }
    static Error too_deep(SourceLocation place) {
        return yaml_error(place, "nested deeper than " + std::to_string(max_levels) + " levels");
    }
    static Error too_large(SourceLocation place) {
        return yaml_error(place, "the aliases make the document too large");
    }

    std::vector<Open> open_;
    std::unordered_map<std::string, std::optional<SizedNode>>
        anchors_;  ///< none while its end was not read yet
    std::vector<Node> documents_;
    std::size_t copied_bytes_ = 0;
};

std::string root_pointer(const std::string& pointer, std::size_t number) {
    if (number == 1) return pointer;
    return pointer + (pointer.ends_with('#') ? "" : "#") + std::to_string(number);
}

}  // namespace

Result<std::vector<Node>> parse_yaml(std::string_view text, const std::string& pointer) {
    if (text.size() > document_limit) {
        return Error(ErrorKind::invalid_input, "the text has " + std::to_string(text.size()) +
                                                   " bytes, more than the " + std::to_string(document_limit) +
                                                   " allowed");
    }
    YamlEvents events(text);
    Builder builder;
    while (true) {
        auto event = events.next();
        if (!event) return event.error();
        if (event->kind == Kind::stream_end) break;
        if (auto taken = builder.add(std::move(*event)); !taken) return taken.error();
    }
    std::vector<Node> documents = builder.finish();
    for (std::size_t i = 0; i < documents.size(); ++i) {
        if (!set_pointers(documents[i], root_pointer(pointer, i + 1))) {
            return yaml_error(documents[i].place, "the keys make the document too large");
        }
    }
    return documents;
}

}  // namespace dockerext::compose
