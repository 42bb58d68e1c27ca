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

/// "SERVICE[:ro]" or "container:NAME[:ro]"; the access mode is lost, as in Compose.
void apply_volumes_from(const Service& from, const Naming&, model::Service& into) {
    for (std::string text : from.volumes_from) {
        const bool by_name = text.starts_with(container_prefix);
        if (by_name) text.erase(0, container_prefix.size());
        if (!by_name) text = text.substr(0, text.find(':'));
        model::VolumesFrom& other = into.volumes_from.emplace_back();
        if (by_name) other.container = text;
        else other.service = model::ServiceName{text};
    }
}

using model::ContainerSpec;

}  // namespace

std::span<const Key> namespace_keys() {
    static constexpr std::array keys = std::to_array<Key>({
        {field<&Service::ipc>("ipc"),
         apply_mode<&Service::ipc, &model::Service::ipc_of, &ContainerSpec::ipc_mode>},
        {field<&Service::pid>("pid"),
         apply_mode<&Service::pid, &model::Service::pid_of, &ContainerSpec::pid_mode>},
        plain_key<&Service::uts, &ContainerSpec::uts_mode>("uts"),
        plain_key<&Service::userns_mode, &ContainerSpec::userns_mode>("userns_mode"),
        {field<&Service::cgroup, read_cgroup>("cgroup"),
         copy_member<&Service::cgroup, &ContainerSpec::cgroup_mode>},
        plain_key<&Service::cgroup_parent, &ContainerSpec::cgroup_parent>("cgroup_parent"),
        {field<&Service::group_add, read_group_add>("group_add"),
         copy_member<&Service::group_add, &ContainerSpec::group_add>},
        {field<&Service::volumes_from>("volumes_from"), apply_volumes_from},
    });
    return keys;
}

}  // namespace dockerext::compose
