#include "compose/merge.hpp"

#include "compose/merge_rules.hpp"
#include "compose/scalar.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace dockerext::compose {
namespace {

/// A node with the location of `like`.
Node node_at(const Node& like, decltype(Node::value) value) {
    Node node;
    node.value = std::move(value);
    node.pointer = like.pointer;
    node.place = like.place;
    return node;
}

void add_pair(const std::string& key, const Node& value, Node::List& into) {
    if (value.is_null()) {
        into.push_back(node_at(value, key));
    } else if (value.list()) {
        for (const Node& item : *value.list()) {
            into.push_back(node_at(item, key + "=" + scalar_text(item).value_or("")));
        }
    } else {
        into.push_back(node_at(value, key + "=" + scalar_text(value).value_or("")));
    }
}

/// Converts a map to sorted "KEY=VALUE" texts, and a single text to a list of it.
Node::List to_sequence(Node node) {
    if (auto* list = std::get_if<Node::List>(&node.value)) return std::move(*list);
    Node::List sequence;
    if (node.text()) {
        sequence.push_back(std::move(node));
        return sequence;
    }
    if (!node.map()) return sequence;
    for (const auto& [key, value] : *node.map()) {
        if (value.merging != MergeMode::reset) add_pair(key, value, sequence);
    }
    std::sort(sequence.begin(), sequence.end(),
              [](const Node& a, const Node& b) { return *a.text() < *b.text(); });
    return sequence;
}

/// Converts a list of names to a map, in which each name is null or has the content `defaults`.
Node::Map to_map(Node node, const Node::Map& defaults) {
    if (auto* map = std::get_if<Node::Map>(&node.value)) return std::move(*map);
    Node::Map map;
    if (!node.list()) return map;
    for (const Node& item : *node.list()) {
        Node value = node_at(item, nullptr);
        if (!defaults.empty()) value.value = defaults;
        if (item.text()) map.emplace_back(*item.text(), std::move(value));
    }
    return map;
}

const Node::Map& default_dependency() {
    static const Node::Map defaults = [] {
        Node::Map map(2);
        map[0] = {"condition", Node{}};
        map[0].second.value = std::string("service_started");
        map[1] = {"required", Node{}};
        map[1].second.value = true;
        return map;
    }();
    return defaults;
}

bool same(const Node* a, const Node* b) {
    return a && b && a->text() && b->text() && *a->text() == *b->text();
}

/// Applies the !reset members of `over`. They replace the removed members in `base`, because the service may
/// be merged over another one later.
void apply_resets(Node& base, Node& over) {
    auto* members = std::get_if<Node::Map>(&over.value);
    if (!members) return;
    const auto resets = std::stable_partition(members->begin(), members->end(), [](const auto& member) {
        return member.second.merging != MergeMode::reset;
    });
    std::unordered_set<std::string> names;
    for (auto member = resets; member != members->end(); ++member) names.insert(member->first);
    if (auto* from = std::get_if<Node::Map>(&base.value)) {
        std::erase_if(*from, [&](const auto& member) { return names.contains(member.first); });
        std::move(resets, members->end(), std::back_inserter(*from));
    }
    members->erase(resets, members->end());
}

class Merger {
public:
    explicit Merger(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

    /// The parsers limit the depth.
    void merge(Node& base, Node over, Path& path) {
        if (base.merging == MergeMode::reset) over.merging = MergeMode::replace;
        if (over.merging == MergeMode::replace) {
            base = std::move(over);
            return;
        }
        apply_resets(base, over);
        switch (rule_of(path)) {
        case Rule::replace: base = std::move(over); return;
        case Rule::sequence: return append(base, to_sequence(std::move(over)));
        case Rule::hosts: return append_hosts(base, to_sequence(std::move(over)));
        case Rule::build: return merge_build(base, std::move(over), path);
        case Rule::dependencies: return merge_maps(base, std::move(over), default_dependency(), path);
        case Rule::names: return merge_maps(base, std::move(over), {}, path);
        case Rule::logging: return merge_logging(base, std::move(over), path);
        case Rule::pools: return merge_pools(base, std::move(over), path);
        case Rule::plain: return merge_plain(base, std::move(over), path);
        }
    }

    /// Merges every member of `over` into the map `base`.
    void merge_members(Node::Map& base, Node::Map&& over, Path& path) {
        std::unordered_map<std::string, std::size_t> places;
        for (std::size_t i = 0; i < base.size(); ++i) places.emplace(base[i].first, i);
        for (auto& [key, value] : over) {
            const auto [place, is_new] = places.emplace(key, base.size());
            if (is_new) {
                base.emplace_back(std::move(key), std::move(value));
                continue;
            }
            path.push_back(key);
            merge(base[place->second].second, std::move(value), path);
            path.pop_back();
        }
    }

private:
    void merge_plain(Node& base, Node over, Path& path) {
        if (over.is_null()) return;
        if (auto* map = std::get_if<Node::Map>(&base.value)) {
            if (!over.map()) return refuse(over, "map");
            merge_members(*map, std::get<Node::Map>(std::move(over.value)), path);
        } else if (base.list()) {
            if (!over.list()) return refuse(over, "list");
            append(base, std::get<Node::List>(std::move(over.value)));
        } else {
            base = std::move(over);
        }
    }

    void refuse(const Node& over, std::string_view what) {
        diagnostics_.problem(over, "expected " + std::string(what) +
                                       " to match the value that it is merged into, found " +
                                       std::string(type_name(over)));
    }

    static void append(Node& base, Node::List over) {
        Node::List list = to_sequence(node_at(base, std::move(base.value)));
        std::move(over.begin(), over.end(), std::back_inserter(list));
        base.value = std::move(list);
    }

    static void append_hosts(Node& base, Node::List over) {
        const Node::List list = to_sequence(base);
        std::erase_if(over, [&](const Node& host) {
            return std::any_of(list.begin(), list.end(),
                               [&](const Node& other) { return same(&host, &other); });
        });
        append(base, std::move(over));
    }

    void merge_build(Node& base, Node over, Path& path) {
        for (Node* build : {&base, &over}) {
            if (build->text()) build->value = Node::Map{{"context", node_at(*build, *build->text())}};
        }
        merge_plain(base, std::move(over), path);
    }

    void merge_maps(Node& base, Node over, const Node::Map& defaults, Path& path) {
        Node::Map map = to_map(node_at(base, std::move(base.value)), defaults);
        merge_members(map, to_map(std::move(over), defaults), path);
        base.value = std::move(map);
    }

    /// A different driver replaces the whole node, because options of one driver mean nothing to another.
    void merge_logging(Node& base, Node over, Path& path) {
        const Node* old_driver = base.find("driver");
        const Node* driver = over.find("driver");
        const bool other = old_driver && driver && !same(old_driver, driver);
        if (other) base = std::move(over);
        else merge_plain(base, std::move(over), path);
    }

    /// A pool is merged over the one with the same subnet.
    void merge_pools(Node& base, Node over, Path& path) {
        if (!base.list() || !over.list()) return refuse(over, "list");
        for (Node& pool : std::get<Node::List>(over.value)) {
            const auto old = std::find_if(
                base.list()->begin(), base.list()->end(),
                [&](const Node& candidate) { return same(candidate.find("subnet"), pool.find("subnet")); });
            if (old == base.list()->end()) continue;
            Node merged = *old;
            merge_plain(merged, std::move(pool), path);
            pool = std::move(merged);
        }
        base = std::move(over);
    }

    Diagnostics& diagnostics_;
};

}  // namespace

void clear_merge_marks(Node& node) {
    node.merging = MergeMode::normal;
    if (auto* list = std::get_if<Node::List>(&node.value)) {
        for (Node& item : *list) clear_merge_marks(item);
    } else if (auto* map = std::get_if<Node::Map>(&node.value)) {
        std::erase_if(*map, [](const auto& member) { return member.second.merging == MergeMode::reset; });
        for (auto& member : *map) clear_merge_marks(member.second);
    }
}

void merge_document(Node& base, Node over, Diagnostics& diagnostics) {
    Path path;
    if (!base.map() || !over.map()) return diagnostics.expected(base.map() ? over : base, "map");
    apply_resets(base, over);
    Merger(diagnostics)
        .merge_members(std::get<Node::Map>(base.value), std::get<Node::Map>(std::move(over.value)), path);
}

void merge_service(Node& base, Node over, Diagnostics& diagnostics) {
    Path path{"services", "*"};
    const std::string pointer = over.pointer;
    const SourceLocation place = over.place;
    const MergeMode merging = std::exchange(over.merging, MergeMode::normal);
    Merger(diagnostics).merge(base, std::move(over), path);
    base.pointer = pointer;
    base.place = place;
    base.merging = merging;  // on a whole service, the mark affects only the documents before
}

}  // namespace dockerext::compose
