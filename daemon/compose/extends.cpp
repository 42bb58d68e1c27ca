#include "compose/extends.hpp"

#include "compose/field.hpp"
#include "compose/host_path.hpp"
#include "compose/merge.hpp"
#include "compose/relative_paths.hpp"

#include <compare>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

namespace dockerext::compose {
namespace {

/// Services that can be extended: those of the document, or those of another file.
struct ExtendableServices {
    Node root;  ///< empty for the document itself
    Node::Map* services = nullptr;
    std::string path;       ///< "" for the document itself
    std::string directory;  ///< of that file; extends.file is relative to it
    std::unordered_map<std::string, std::size_t> index;

    void index_services() {
        for (std::size_t i = 0; i < services->size(); ++i) {
            if ((*services)[i].second.merging != MergeMode::reset) index.emplace((*services)[i].first, i);
        }
    }
};

struct Link {
    ExtendableServices* unit = nullptr;
    std::size_t number = 0;
    auto operator<=>(const Link&) const = default;

    Node& node() const { return (*unit->services)[number].second; }
    const std::string& name() const { return (*unit->services)[number].first; }
};

/// The content of `extends`.
struct ExtendsEntry {
    std::string service;
    const Node* file = nullptr;
};

/// The size that a copy of the node charges to the document. The parsers limit the depth.
std::size_t memory_size(const Node& node) {
    std::size_t bytes = sizeof(Node) + node.pointer.size();
    if (node.text()) bytes += node.text()->size();
    if (node.list()) {
        for (const Node& item : *node.list()) bytes += memory_size(item);
    } else if (node.map()) {
        for (const auto& [key, member] : *node.map())
            bytes += sizeof(std::string) + key.size() + memory_size(member);
    }
    return bytes;
}

void drop_extends(Node& service) {
    if (auto* map = std::get_if<Node::Map>(&service.value)) {
        std::erase_if(*map, [](const auto& member) { return member.first == "extends"; });
    }
}

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

class Extender {
public:
    Extender(Node& document, const Scope& scope, Sources& sources, Diagnostics& diagnostics)
        : scope_(scope),
          sources_(sources),
          diagnostics_(diagnostics),
          old_format_(!document.find("services")) {
        own_.services = services_of(document);
        own_.directory = scope.directory;
        own_.index_services();
    }

    void extend_all() {
        for (std::size_t i = 0; i < own_.services->size(); ++i) {
            const auto& [name, service] = (*own_.services)[i];
            const bool extension = old_format_ && is_extension(name);
            if (!extension && service.merging != MergeMode::reset) extend({&own_, i});
        }
    }

private:
    /// Follows the chain of bases to a service that extends nothing. On the way back, merges each service
    /// over its base.
    void extend(Link first) {
        std::vector<Link> chain{first};
        std::set<Link> seen{first};
        while (const auto base = base_of(chain.back())) {
            if (!seen.insert(*base).second) {
                refuse_cycle(chain, *base);
                break;
            }
            chain.push_back(*base);
        }
        for (const Link& link : chain) drop_extends(link.node());
        for (; chain.size() > 1; chain.pop_back())
            merge_over_base(chain.back().node(), chain[chain.size() - 2].node());
    }

    void merge_over_base(const Node& base, Node& service) {
        if (base.is_null()) return;
        if (!base.map()) return diagnostics_.expected(base, "map");
        if (diagnostics_.is_limit_exceeded() || !diagnostics_.spend(memory_size(base)))
            return diagnostics_.problem(service, "the document grows too large");
        Node merged = base;
        clear_merge_marks(merged);
        merge_service(merged, std::move(service), diagnostics_);
        service = std::move(merged);
    }

    void refuse_cycle(const std::vector<Link>& chain, const Link& base) {
        std::string chain_text;
        for (const Link& link : chain) chain_text += link.name() + " -> ";
        diagnostics_.problem(*chain.back().node().find("extends"),
                             "it extends itself: " + chain_text + base.name());
    }

    /// The service that a service extends; none also if it cannot be found, which is reported.
    std::optional<Link> base_of(const Link& link) {
        const Node* extends = link.node().find("extends");
        if (!extends) return std::nullopt;
        const auto entry = read_entry(*extends);
        if (!entry) return std::nullopt;
        ExtendableServices* unit = entry->file ? load(*entry->file, link.unit->directory) : link.unit;
        if (!unit) return std::nullopt;
        const auto found = unit->index.find(entry->service);
        if (found != unit->index.end()) return Link{unit, found->second};
        diagnostics_.problem(*extends, "service '" + entry->service + "' is not defined" +
                                           (unit->path.empty() ? "" : " in '" + unit->path + "'") +
                                           diagnostics_.suggestion_of_keys(entry->service, *unit->services));
        return std::nullopt;
    }

    std::optional<ExtendsEntry> read_entry(const Node& extends) {
        if (extends.text()) return ExtendsEntry{*extends.text()};
        if (!extends.map()) {
            diagnostics_.expected(extends, "string or map");
            return std::nullopt;
        }
        for (const auto& [key, value] : *extends.map()) {
            if (key != "service" && key != "file")
                diagnostics_.unknown_key(value, key, "extends", {"service", "file"});
        }
        const Node* service = extends.find("service");
        const Node* file = extends.find("file");
        if (!service) diagnostics_.problem(extends, "'service', what to extend, is missing");
        else if (!service->text()) diagnostics_.expected(*service, "string");
        else if (file && !file->text()) diagnostics_.expected(*file, "string");
        else return ExtendsEntry{*service->text(), file};
        return std::nullopt;
    }

    /// The services of another file. If they cannot be loaded, reports a problem and returns null.
    ExtendableServices* load(const Node& file, const std::string& directory) {
        const std::string path = clean_path(host_path(*file.text(), directory));
        const auto [place, is_new] = files_.try_emplace(path);
        if (!is_new) return place->second.get();  // null was reported already
        auto documents = sources_.documents(path);
        if (!documents) {
            diagnostics_.problem(file, "'" + path + "': " + documents.error().message());
            return nullptr;
        }
        auto unit = std::make_unique<ExtendableServices>();
        unit->path = path;
        unit->directory = folder_of(path);
        unit->root = interpolated(std::move(*documents), scope_, diagnostics_);
        Node* services = unit->root.find("services");
        unit->services = services ? std::get_if<Node::Map>(&services->value) : nullptr;
        if (!unit->services) {
            diagnostics_.problem(file, "'" + path + "' has no map 'services'");
            return nullptr;
        }
        make_paths_absolute(unit->root, unit->directory);
        unit->index_services();
        place->second = std::move(unit);
        return place->second.get();
    }

    const Scope& scope_;
    Sources& sources_;
    Diagnostics& diagnostics_;
    bool old_format_;  ///< in it, an x-… key is not a service
    ExtendableServices own_;
    std::map<std::string, std::unique_ptr<ExtendableServices>> files_;
};

}  // namespace

void apply_extends(Node& document, const Scope& scope, Sources& sources, Diagnostics& diagnostics) {
    if (services_of(document)) Extender(document, scope, sources, diagnostics).extend_all();
}

}  // namespace dockerext::compose
