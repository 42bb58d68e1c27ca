#include "compose/key.hpp"
#include "compose/scalar.hpp"

#include <array>
#include <set>

namespace dockerext::compose {
namespace {

constexpr std::string_view container_prefix = "container:";

/// A mode that refers to a service needs a container's id, which only the engine knows.
template <auto mode, auto of, auto target>
void apply_mode(const Service& from, const Naming&, model::Service& into) {
    const std::string& text = from.*mode;
    if (text.starts_with(service_prefix)) into.*of = model::ServiceName{text.substr(service_prefix.size())};
    else into.container.*target = text;
}

void read_cgroup(const Node& node, std::string& into, Diagnostics& diagnostics) {
    read(node, into, diagnostics);
    if (node.text() && into != "host" && into != "private") {
        diagnostics.problem(node, "expected host or private, found '" + into + "'");
    }
}

void read_group_add(const Node& node, std::vector<std::string>& into, Diagnostics& diagnostics) {
    const Node::List* list = expect_list(node, diagnostics);
    if (!list) return;
    std::set<std::string> seen;  // a number and its text count as different
    for (const Node& item : *list) {
        const bool number = std::holds_alternative<std::int64_t>(item.value);
        if (!number && !item.text()) {
            diagnostics.expected(item, "string or number");
            continue;
        }
        const std::string group = *scalar_text(item);
        if (!seen.insert(number ? "number " + group : group).second)
            diagnostics.problem(item, "'" + group + "' is listed twice");
        else into.push_back(group);
    }
}

/// "SERVICE[:ro]" or "container:NAME[:ro]"; the access mode of a service is lost, as in Compose.
model::VolumesFrom parse_volumes_from(std::string_view text) {
    const bool by_name = text.starts_with(container_prefix);
    if (by_name) text.remove_prefix(container_prefix.size());
    const std::size_t colon = text.find(':');
    std::string name(text.substr(0, colon));
    if (!by_name) return model::ServiceName{std::move(name)};
    model::NamedContainer container{std::move(name), std::nullopt};
    if (colon != std::string_view::npos) container.mode = text.substr(colon + 1);
    return container;
}

void read_volumes_from(const Node& node, std::vector<model::VolumesFrom>& into, Diagnostics& diagnostics) {
    std::vector<std::string> texts;
    read(node, texts, diagnostics);
    for (const std::string& text : texts) into.push_back(parse_volumes_from(text));
}

/// The config-hash has the names alone.
void write_volumes_from(const Service& from, std::string_view name, CanonicalJson& json) {
    std::vector<std::string> names;
    for (const model::VolumesFrom& each : from.volumes_from) {
        const auto* const service = std::get_if<model::ServiceName>(&each);
        names.push_back(service ? std::string(reference_mark) + service->value
                                : std::get<model::NamedContainer>(each).name);
    }
    write(name, names, json);
}

void apply_volumes_from(const Service& from, const Naming&, model::Service& into) {
    into.volumes_from = from.volumes_from;
}

using model::ContainerSpec;

}  // namespace

std::span<const Key> namespace_keys() {
    static constexpr std::array keys = std::to_array<Key>({
        {field<&Service::ipc>("ipc"),
         apply_mode<&Service::ipc, &model::Service::ipc_mode_service, &ContainerSpec::ipc_mode>},
        {field<&Service::pid>("pid"),
         apply_mode<&Service::pid, &model::Service::pid_mode_service, &ContainerSpec::pid_mode>},
        plain_key<&Service::uts, &ContainerSpec::uts_mode>("uts"),
        plain_key<&Service::userns_mode, &ContainerSpec::userns_mode>("userns_mode"),
        {field<&Service::cgroup, read_cgroup>("cgroup"),
         copy_member<&Service::cgroup, &ContainerSpec::cgroup_mode>},
        plain_key<&Service::cgroup_parent, &ContainerSpec::cgroup_parent>("cgroup_parent"),
        {field<&Service::group_add, read_group_add>("group_add"),
         copy_member<&Service::group_add, &ContainerSpec::group_add>},
        {{"volumes_from", read_member_by<&Service::volumes_from, read_volumes_from>, write_volumes_from},
         apply_volumes_from},
    });
    return keys;
}

}  // namespace dockerext::compose
