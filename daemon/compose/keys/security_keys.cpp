#include "compose/key.hpp"

#include <array>

namespace dockerext::compose {
namespace {

/// As the engine tells it: upper case, CAP_ in front, but not before ALL.
std::string capability(std::string name) {
    for (char& c : name) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return name == "ALL" || name.starts_with("CAP_") ? name : "CAP_" + name;
}

template <auto member, auto target>
constexpr Key capability_key(std::string_view name) {
    return {field<member, read_keyed>(name), [](const Service& from, const Naming&, model::Service& into) {
                for (const std::string& cap : from.*member) (into.container.*target).insert(capability(cap));
            }};
}

/// Namespace modes that refer to a service need a container's id, which only the engine knows.
void read_namespace(const Node& node, std::string& into, Report& report) {
    read(node, into, report);
    if (into.starts_with("service:"))
        report.problem(node, "'service:' is not supported here by this version yet");
}

using model::ContainerSpec;

constexpr std::array keys = std::to_array<Key>({
    capability_key<&Service::cap_add, &ContainerSpec::cap_add>("cap_add"),
    capability_key<&Service::cap_drop, &ContainerSpec::cap_drop>("cap_drop"),
    plain_key<&Service::security_opt, &ContainerSpec::security_opt>("security_opt"),
    plain_key<&Service::privileged, &ContainerSpec::privileged>("privileged"),
    plain_key<&Service::read_only, &ContainerSpec::read_only>("read_only"),
    {field<&Service::ipc, read_namespace>("ipc"), copy_member<&Service::ipc, &ContainerSpec::ipc_mode>},
    {field<&Service::pid, read_namespace>("pid"), copy_member<&Service::pid, &ContainerSpec::pid_mode>},
});

}  // namespace

std::span<const Key> security_keys() { return keys; }

}  // namespace dockerext::compose
