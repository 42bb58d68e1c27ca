#include "compose/key.hpp"
#include "model/normal_form.hpp"

#include <array>

namespace dockerext::compose {
namespace {

template <auto member, auto target>
constexpr Key capability_key(std::string_view name) {
    return {field<member, read_keyed>(name), [](const Service& from, const Naming&, model::Service& into) {
                for (const std::string& cap : from.*member)
                    (into.container.*target).insert(model::normal::capability(cap));
            }};
}

/// The engine expects the content of a seccomp profile, not the name of its file.
void apply_security_opt(const Service& from, const Naming&, model::Service& into) {
    for (const std::string& option : from.security_opt) {
        const auto profile = from.seccomp_profiles.find(option);
        into.container.security_opt.push_back(
            profile == from.seccomp_profiles.end() ? option : "seccomp=" + profile->second);
    }
}

using model::ContainerSpec;

}  // namespace

std::span<const Key> security_keys() {
    static constexpr std::array keys = std::to_array<Key>({
        capability_key<&Service::cap_add, &ContainerSpec::cap_add>("cap_add"),
        capability_key<&Service::cap_drop, &ContainerSpec::cap_drop>("cap_drop"),
        {field<&Service::security_opt>("security_opt"), apply_security_opt},
        plain_key<&Service::privileged, &ContainerSpec::privileged>("privileged"),
        plain_key<&Service::read_only, &ContainerSpec::read_only>("read_only"),
    });
    return keys;
}

}  // namespace dockerext::compose
