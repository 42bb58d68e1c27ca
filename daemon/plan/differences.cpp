#include "plan/differences.hpp"

#include "plan/compared_field.hpp"
#include "plan/host_fields.hpp"
#include "plan/image_fields.hpp"
#include "plan/keyed_differences.hpp"
#include "plan/namespaces.hpp"
#include "plan/text_of.hpp"

#include <algorithm>
#include <array>

namespace dockerext::plan {

using namespace model;

namespace {

bool same_hosts(const std::vector<std::string>& want, const std::vector<std::string>& have) {
    const auto form = [](const std::vector<std::string>& hosts) {
        const auto forms = in_form(normal::extra_host, hosts);
        return std::set(forms.begin(), forms.end());
    };
    return want == have || form(want) == form(have);
}

/// The engine itself adds label=disable to containers in the host's namespaces.
bool same_security(const std::vector<std::string>& want, const std::vector<std::string>& have) {
    const auto form = [](const std::vector<std::string>& options) {
        auto forms = in_form(normal::security_option, options);
        std::erase(forms, "label=disable");
        return std::set(forms.begin(), forms.end());
    };
    return want == have || form(want) == form(have);
}

using Bindings = std::map<std::string, std::vector<PortBinding>>;

std::multiset<std::vector<std::string>> published(const Bindings& ports) {
    std::multiset<std::vector<std::string>> all;
    for (const auto& [port, bindings] : ports) {
        for (const PortBinding& each : bindings) {
            const std::string address = normal::ip_address(each.host_ip);
            all.insert(
                {normal::port(port), address == "0.0.0.0" ? "" : address, normal::host_port(each.host_port)});
        }
    }
    return all;
}

bool same_ports(const Bindings& want, const Bindings& have) {
    return want == have || published(want) == published(have);
}

bool same_tmpfs(const std::map<std::string, std::string>& want,
                const std::map<std::string, std::string>& have) {
    const auto form = [](const std::map<std::string, std::string>& all) {
        std::map<std::string, std::string> forms;
        for (const auto& [path, options] : all) forms[normal::path(path)] = normal::options(options);
        return forms;
    };
    return want == have || form(want) == form(have);
}

/// When only memory is set, the engine allows the same amount of swap.
bool same_swap(const Expectation& expected, const ObservedContainer& container) {
    const ContainerSpec& want = expected.service.container;
    const ContainerSpec& have = container.spec;
    if (want.memory_swap) return want.memory_swap == have.memory_swap;
    return !have.memory_swap || std::holds_alternative<Unlimited>(*have.memory_swap) ||
           have.memory_swap == default_swap(have.memory) || have.memory_swap == default_swap(want.memory);
}

bool same_mode(const Expectation& expected, const ObservedContainer& container) {
    const std::string& want = expected.network_mode;
    const std::string& have = container.spec.network_mode;
    if (!expected.service.container.networks.empty()) {  // attachments covers the rest
        return have != "host" && have != "none" && !have.starts_with("container:");
    }
    const auto plain = [](const std::string& mode) {
        return mode == "default" ? std::string("bridge") : mode;
    };
    return want.empty() || same_namespace(expected, plain(want), plain(have));
}

Texts mode_texts(const Expectation& expected, const ObservedContainer& container) {
    return {text_of(container.spec.network_mode), text_of(expected.network_mode)};
}

/// Without a hostname, the engine uses the container's id. In the network of the host or of another
/// container, it uses the hostname of that one.
bool same_hostname(const Expectation& expected, const ObservedContainer& container) {
    const ContainerSpec& want = expected.service.container;
    const std::string& have = container.spec.hostname;
    if (!want.hostname.empty()) return want.hostname == have;
    return want.networks.empty() || have.empty() || container.id.value.starts_with(have);
}

bool same_init(const std::optional<bool>& want, const std::optional<bool>& have) {
    return want.value_or(false) == have.value_or(false);
}

/// The engine adds its configured defaults to what a container asks for.
template <typename Map>
bool same_except_defaults(const Map& want, const Map& have, bool more_are_defaults) {
    if (!more_are_defaults && want.size() != have.size()) return false;
    return std::all_of(want.begin(), want.end(), [&](const auto& entry) {
        const auto found = have.find(entry.first);
        return found != have.end() && found->second == entry.second;
    });
}

bool same_limits(const Expectation& expected, const ObservedContainer& container) {
    const auto& want = expected.service.container.ulimits;
    return same_except_defaults(want, container.spec.ulimits, is_from_current_settings(expected, container));
}

bool same_logging(const Expectation& expected, const ObservedContainer& container) {
    const auto& want = expected.service.container.logging;
    const auto& have = container.spec.logging;
    const bool unchanged = is_from_current_settings(expected, container);
    if (!have) return !want;
    if (!want || want->driver.empty()) {
        if (!unchanged && have->driver != expected.engine.default_log_driver) return false;
    } else if (want->driver != have->driver) {
        return false;
    }
    return !want || same_except_defaults(want->options, have->options, unchanged);
}

using Spec = ContainerSpec;

constexpr std::array container_fields = {
    ComparedField{"image", same_image, image_texts, recreate},
    ComparedField{"command", same_command, command_texts, recreate},
    ComparedField{"entrypoint", same_entrypoint, entrypoint_texts, recreate},
    ComparedField{"hostname", same_hostname, plain<&Spec::hostname>("").texts, recreate},
    plain<&Spec::domainname>("domainname"),
    ComparedField{"user", same_user, user_texts, recreate},
    ComparedField{"working_dir", same_folder, folder_texts, recreate},
    normalized_if_set<&Spec::stop_signal, normal::signal>("stop_signal"),
    plain<&Spec::stop_timeout>("stop_grace_period"),
    ComparedField{"healthcheck", same_health, health_texts, recreate},
    ComparedField{"expose", same_exposed, plain<&Spec::exposed_ports>("").texts, recreate},
    by<&Spec::port_bindings, same_ports>("ports"),
    by<&Spec::tmpfs, same_tmpfs>("tmpfs"),
    ComparedField{"restart", plain<&Spec::restart>("").same, plain<&Spec::restart>("").texts, update},
    limit<&Spec::memory>("mem_limit"),
    ComparedField{"memswap_limit", same_swap, plain<&Spec::memory_swap>("").texts,
                  limit<&Spec::memory>("").repair},
    ComparedField{"network_mode", same_mode, mode_texts, recreate},
    normalized<&Spec::dns, normal::ip_address>("dns"),
    plain<&Spec::dns_search>("dns_search"),
    plain<&Spec::dns_options>("dns_opt"),
    by<&Spec::extra_hosts, same_hosts>("extra_hosts"),
    by<&Spec::security_opt, same_security>("security_opt"),
    normalized<&Spec::cap_add, normal::capability>("cap_add"),
    normalized<&Spec::cap_drop, normal::capability>("cap_drop"),
    plain<&Spec::privileged>("privileged"),
    plain<&Spec::read_only>("read_only"),
    by<&Spec::init, same_init>("init"),
    plain<&Spec::tty>("tty"),
    plain<&Spec::open_stdin>("stdin_open"),
    ComparedField{"ulimits", same_limits, plain<&Spec::ulimits>("").texts, recreate},
    plain<&Spec::sysctls>("sysctls"),
    ComparedField{"logging", same_logging, plain<&Spec::logging>("").texts, recreate},
    if_set<&Spec::runtime>("runtime"),
};

/// A secret on either side hides both, because a former secret is still one. Keys found on a container come
/// from others, and are redacted too.
void hide_secrets(const Redactor& redact, Change& change) {
    change.field = redact(change.field);
    if (!redact.has_secret_in(change.have) && !redact.has_secret_in(change.want)) return;
    change.have = change.want = "(hidden)";
}

}  // namespace

std::vector<Change> changes_of(const std::vector<Difference>& differences) {
    std::vector<Change> changes;
    changes.reserve(differences.size());
    for (const Difference& difference : differences) changes.push_back(difference.change);
    return changes;
}

Change state_change(const ObservedContainer& container) {
    return {"state", std::string(to_string(container.state)), "running"};
}

std::vector<Difference> differences(const Expectation& expected, const ObservedContainer& container) {
    std::vector<Difference> found;
    for (const std::span<const ComparedField> table :
         {std::span<const ComparedField>(container_fields), host_fields()}) {
        for (const ComparedField& field : table) {
            if (field.same(expected, container)) continue;
            auto [have, want] = field.texts(expected, container);
            found.push_back({{field.name, std::move(have), std::move(want)}, field.repair(expected)});
        }
    }
    find_keyed_differences(expected, container, found);
    for (Difference& difference : found) hide_secrets(expected.redact, difference.change);
    return found;
}

}  // namespace dockerext::plan
