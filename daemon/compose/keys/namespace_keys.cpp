#include "compose/key.hpp"

#include <array>

namespace dockerext::compose {
namespace {

constexpr std::string_view service_prefix = "service:";
constexpr std::string_view container_prefix = "container:";

/// A mode that refers to a service needs a container's id, which only the engine knows.
template <auto mode, auto of, auto target>
void apply_mode(const Service& from, const Naming&, model::Service& into) {
    const std::string& text = from.*mode;
    if (text.starts_with(service_prefix)) into.*of = model::ServiceName{text.substr(service_prefix.size())};
    else into.container.*target = text;
}

void read_cgroup(const Node& node, std::string& into, Report& report) {
    read(node, into, report);
    if (node.text() && into != "host" && into != "private") {
        report.problem(node, "expected host or private, found '" + into + "'");
    }
}

void read_group_add(const Node& node, std::vector<std::string>& into, Report& report) {
    const Node::List* list = expect_list(node, report);
    if (!list) return;
    for (const Node& item : *list) {
        const auto* number = std::get_if<std::int64_t>(&item.value);
        if (number) into.push_back(std::to_string(*number));
        else if (item.text()) into.push_back(*item.text());
        else report.expected(item, "string or number");
    }
}

/// "SERVICE[:ro]" or "container:NAME[:ro]"; the access mode is lost, as it is in Compose.
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

constexpr std::array keys = std::to_array<Key>({
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
    {field<&Service::volumes_from, read_keyed>("volumes_from"), apply_volumes_from},
});

}  // namespace

std::span<const Key> namespace_keys() { return keys; }

}  // namespace dockerext::compose
