#include "compose/include.hpp"

#include "compose/env_file.hpp"
#include "compose/field.hpp"
#include "compose/host_path.hpp"
#include "compose/read.hpp"
#include "compose/relative_paths.hpp"
#include "compose/scalar.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace dockerext::compose {
namespace {

constexpr std::size_t max_depth = 16;  ///< files in a chain of includes

constexpr std::array<std::string_view, 6> sections{"services", "volumes", "networks",
                                                   "secrets",  "configs", "models"};

struct IncludeEntry {
    std::vector<std::string> path, env_file;
    std::string project_directory;
};

constexpr std::array include_fields = std::to_array<Field<IncludeEntry>>({
    {"path", read_member_by<&IncludeEntry::path, read_one_or_more>},
    {"env_file", read_member_by<&IncludeEntry::env_file, read_one_or_more>},
    {"project_directory", read_member<&IncludeEntry::project_directory>},
});

/// Whether the document may be a Compose file. Problems about unknown keys would reveal the content of any
/// other file, which may be secret.
bool is_compose_document(const Node& document) {
    const Node::Map* members = document.map();
    if (!members) return true;  // reported elsewhere
    const auto is_section = [](const auto& member) {
        return std::find(sections.begin(), sections.end(), member.first) != sections.end();
    };
    const auto is_allowed_key = [](const auto& member) {
        const std::string& key = member.first;
        return key == "include" || key == "name" || key == "version" || is_extension(key);
    };
    return std::any_of(members->begin(), members->end(), is_section) ||
           std::all_of(members->begin(), members->end(), is_allowed_key);
}

/// Whether two nodes have equal content; the order of keys does not matter. The parsers limit the depth.
bool equal(const Node& a, const Node& b) {
    if (a.map() && b.map()) {
        return a.map()->size() == b.map()->size() &&
               std::all_of(a.map()->begin(), a.map()->end(), [&](const auto& member) {
                   const Node* other = b.find(member.first);
                   return other && equal(member.second, *other);
               });
    }
    if (a.list() && b.list()) {
        return std::equal(a.list()->begin(), a.list()->end(), b.list()->begin(), b.list()->end(), equal);
    }
    if (a.map() || b.map() || a.list() || b.list()) return false;
    return a.value.index() == b.value.index() && scalar_text(a) == scalar_text(b);
}

/// A variable that a list names without a value gets its value from the environment of the including file.
void fill_environment(Node& document, const Environment& environment) {
    Node* services = document.find("services");
    auto* map = services ? std::get_if<Node::Map>(&services->value) : nullptr;
    if (!map) return;
    for (auto& [name, service] : *map) {
        Node* variables = service.find("environment");
        auto* list = variables ? std::get_if<Node::List>(&variables->value) : nullptr;
        if (!list) continue;
        for (Node& item : *list) {
            auto* text = std::get_if<std::string>(&item.value);
            const auto found = text ? environment.find(*text) : environment.end();
            if (found != environment.end()) *text += "=" + found->second;
        }
    }
}

class Includer {
public:
    Includer(Node& document, const Scope& scope, Sources& sources, Diagnostics& diagnostics)
        : document_(document), scope_(scope), sources_(sources), diagnostics_(diagnostics) {}

    void include(const Node& entry) {
        IncludeEntry include;
        const std::size_t before = diagnostics_.problems.count();
        if (entry.text()) include.path.push_back(*entry.text());
        else if (entry.map())
            read_fields(entry, include, std::span<const Field<IncludeEntry>>(include_fields), "an include",
                        diagnostics_);
        else diagnostics_.expected(entry, "string or map");
        if (diagnostics_.problems.count() > before) return;
        if (include.path.empty())
            return diagnostics_.problem(entry, "'path', the file to include, is missing");
        for (std::string& path : include.path) path = absolute(path);
        if (can_include(entry, include.path.front())) include_files(entry, include);
    }

private:
    std::string absolute(const std::string& path) const {
        return clean_path(host_path(path, scope_.directory));
    }

    bool can_include(const Node& entry, const std::string& path) {
        const bool again = std::find(scope_.files.begin(), scope_.files.end(), path) != scope_.files.end();
        if (again) diagnostics_.problem(entry, "'" + path + "' includes itself");
        else if (scope_.files.size() == max_depth)
            diagnostics_.problem(entry, "files include each other too deeply");
        return !again && scope_.files.size() < max_depth;
    }

    void include_files(const Node& entry, const IncludeEntry& include) {
        Scope inner = scope_;
        inner.files.push_back(include.path.front());
        inner.directory = include.project_directory.empty()
                              ? include.path.front().substr(0, include.path.front().rfind('/'))
                              : absolute(include.project_directory);
        if (!add_variables(entry, include, inner)) return;
        std::vector<Node> documents;
        for (const std::string& path : include.path) {
            auto read = sources_.documents(path);
            if (!read) return diagnostics_.problem(entry, "'" + path + "': " + read.error().message());
            if (!std::all_of(read->begin(), read->end(), is_compose_document))
                return diagnostics_.problem(entry,
                                            "'" + path + "' is not a Compose file: it has no services");
            std::move(read->begin(), read->end(), std::back_inserter(documents));
        }
        Node included = assemble(std::move(documents), inner, sources_, diagnostics_);
        fill_environment(included, inner.environment);
        make_paths_absolute(included, inner.directory);
        import(entry, std::move(included));
    }

    /// Adds the variables of env_file, or of .env if it exists. Variables that are set already stay.
    bool add_variables(const Node& entry, const IncludeEntry& include, Scope& inner) {
        std::vector<std::string> paths;
        for (const std::string& path : include.env_file) paths.push_back(absolute(path));
        const bool asked = !paths.empty();
        if (!asked) paths.push_back(inner.directory + "/.env");
        Environment found;
        for (const std::string& path : paths) {
            const auto text = sources_.text(path);
            if (!text && !asked && text.error().kind() == ErrorKind::not_found) continue;
            if (!text) return refuse(entry, path, text.error());
            const Lookup lookup = [&](const std::string& name) {
                const auto known = scope_.environment.find(name);
                return known == scope_.environment.end() ? nullptr : &known->second;
            };
            if (auto parsed = parse_env_file(*text, lookup, found, entry, diagnostics_); !parsed) {
                return refuse(entry, path, parsed.error());
            }
        }
        inner.environment.insert(found.begin(), found.end());
        return true;
    }

    bool refuse(const Node& entry, const std::string& path, const Error& error) {
        diagnostics_.problem(entry, "'" + path + "': " + error.message());
        return false;
    }

    void import(const Node& entry, Node included) {
        auto* members = std::get_if<Node::Map>(&included.value);
        if (!members) return diagnostics_.problem(entry, "what is included must be a map");
        for (auto& [key, value] : *members) {
            if (std::find(sections.begin(), sections.end(), key) != sections.end())
                import_section(key, value);
            else if (key != "name" && key != "version" && !is_extension(key)) {
                diagnostics_.unknown_key(value, key, "the document", {sections.begin(), sections.end()});
            }
        }
    }

    void import_section(const std::string& key, Node& section) {
        auto* from = std::get_if<Node::Map>(&section.value);
        if (section.is_null()) return;
        if (!from) return diagnostics_.expected(section, "map");
        Node::Map* into = own_section(key, section);
        if (!into) return;  // its reader reports the problem
        for (auto& [name, value] : *from) {
            const auto known = std::find_if(into->begin(), into->end(), [&name = name](const auto& member) {
                return member.first == name;
            });
            if (known == into->end()) into->emplace_back(name, std::move(value));
            else if (!equal(known->second, value)) {
                diagnostics_.problem(value, "'" + name + "' of " + key +
                                                " is already defined differently by the including file");
            }
        }
    }

    /// The document's own section; created empty if it is missing.
    Node::Map* own_section(const std::string& key, const Node& like) {
        Node* found = document_.find(key);
        if (found && !found->is_null()) return std::get_if<Node::Map>(&found->value);
        if (!found) {
            auto& members = std::get<Node::Map>(document_.value);
            found = &members.emplace_back(key, Node{}).second;
            found->pointer = like.pointer;
            found->place = like.place;
        }
        found->value = Node::Map();
        return std::get_if<Node::Map>(&found->value);
    }

    Node& document_;
    const Scope& scope_;
    Sources& sources_;
    Diagnostics& diagnostics_;
};

}  // namespace

void apply_includes(Node& document, const Scope& scope, Sources& sources, Diagnostics& diagnostics) {
    auto* members = std::get_if<Node::Map>(&document.value);
    const Node* found = document.find("include");
    if (!members || !found) return;
    const Node includes = *found;
    std::erase_if(*members, [](const auto& member) { return member.first == "include"; });
    if (includes.is_null()) return;
    const Node::List* entries = expect_list(includes, diagnostics);
    if (!entries) return;
    Includer includer(document, scope, sources, diagnostics);
    for (const Node& entry : *entries) includer.include(entry);
}

}  // namespace dockerext::compose
