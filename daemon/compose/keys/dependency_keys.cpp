#include "compose/key.hpp"

#include <array>

namespace dockerext::compose {
namespace {

void read_condition(const Node& node, model::DependencyCondition& into, Diagnostics& diagnostics) {
    std::string word;
    read(node, word, diagnostics);
    if (const auto known = from_string<model::DependencyCondition>(word)) into = *known;
    else if (node.text()) {
        diagnostics.problem(
            node, "expected service_started, service_healthy or service_completed_successfully, found '" +
                      word + "'");
    }
}

void read_required(const Node& node, bool& into, Diagnostics& diagnostics) {
    if (const bool* plain = std::get_if<bool>(&node.value)) into = *plain;
    else diagnostics.expected(node, "boolean");
}

constexpr std::array dependency_fields = std::to_array<Field<Dependency>>({
    {"condition", read_member_by<&Dependency::condition, read_condition>},
    {"required", read_member_by<&Dependency::required, read_required>},
    {"restart", read_member<&Dependency::restart>},
});

}  // namespace

Table<Dependency> table_of(const Dependency*) { return {"a dependency", dependency_fields}; }

namespace {

void read_listed(const Node& node, std::map<std::string, Dependency>& into, Diagnostics& diagnostics) {
    std::vector<std::string> names;
    read(node, names, diagnostics);
    for (const std::string& name : names) into[name].pointer = node.pointer;
}

void read_depends_on(const Node& node, std::map<std::string, Dependency>& into, Diagnostics& diagnostics) {
    if (node.list()) return read_listed(node, into, diagnostics);
    if (!node.map()) return diagnostics.expected(node, "list or map");
    for (const auto& [name, value] : *node.map()) {
        Dependency& dependency = into[name];
        dependency.pointer = value.pointer;
        read(value, dependency, diagnostics);
        if (value.map() && !value.find("condition")) diagnostics.problem(value, "'condition' is missing");
    }
}

void apply_depends_on(const Service& from, const Naming&, model::Service& into) {
    for (const auto& [name, dependency] : from.depends_on) {
        into.depends_on[model::ServiceName{name}] = {dependency.condition, dependency.required,
                                                     dependency.restart};
    }
}

void apply_links(const Service& from, const Naming&, model::Service& into) {
    for (const std::string& link : from.links) {
        const std::size_t colon = link.find(':');
        const std::string service = link.substr(0, colon);
        into.links[colon == std::string::npos ? service : link.substr(colon + 1)] =
            model::ServiceName{service};
    }
}

}  // namespace

std::span<const Key> dependency_keys() {
    static constexpr std::array keys = std::to_array<Key>({
        {field<&Service::links, read_keyed>("links"), apply_links},
        {{"depends_on", read_member_by<&Service::depends_on, read_depends_on>}, apply_depends_on},
    });
    return keys;
}

}  // namespace dockerext::compose
