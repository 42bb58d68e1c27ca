#include "dockerd/option_values.hpp"
#include "doctor/check.hpp"
#include "doctor/engine_options.hpp"

#include <algorithm>
#include <array>

/// Networks, names and the clock.
namespace dockerext::doctor {
namespace {

using asio::ip::network_v4;
using model::Category;

std::optional<network_v4> subnet(const std::string& text) {
    boost::system::error_code other;
    const network_v4 network = asio::ip::make_network_v4(text, other);
    return other ? std::nullopt : std::optional(network);
}

bool do_overlap(const network_v4& one, const network_v4& other) {
    const unsigned shift = 32U - std::min(one.prefix_length(), other.prefix_length());
    if (shift >= 32U) return true;
    return (one.address().to_uint() >> shift) == (other.address().to_uint() >> shift);
}

bool is_of_engine(const Route& route, const std::vector<NetworkFacts>& networks) {
    const auto is_its = [&](const NetworkFacts& network) { return network.bridge == route.interface; };
    return std::any_of(networks.begin(), networks.end(), is_its);
}

/// The machine's own routes that lead into the subnet; the default route leads everywhere.
std::optional<Route> route_into(const std::string& text, const std::vector<Route>& routes,
                                const std::vector<NetworkFacts>& networks) {
    const auto wanted = subnet(text);
    if (!wanted) return std::nullopt;
    for (const Route& route : routes) {
        const bool is_other = route.destination.prefix_length() > 0 && !is_of_engine(route, networks);
        if (is_other && do_overlap(route.destination, *wanted)) return route;
    }
    return std::nullopt;
}

std::string route_text(const Route& route) {
    return route.destination.to_string() + " (" + route.interface + ")";
}

Verdict judge_overlap(const Facts& facts) {
    return judged(facts.engine.networks, [&](const std::vector<NetworkFacts>& networks) {
        return judged(facts.machine.routes, [&](const std::vector<Route>& routes) {
            std::vector<std::string> overlaps;
            for (const NetworkFacts& network : networks) {
                if (network.driver != "bridge") continue;  // macvlan and ipvlan share the parent's subnet
                for (const std::string& each : network.subnets) {
                    if (const auto route = route_into(each, routes, networks))
                        overlaps.push_back("network " + network.name + " (" + each +
                                           ") overlaps the machine's route to " + route_text(*route));
                }
            }
            if (overlaps.empty()) return ok("no network overlaps the machine's routes");
            return error(listed(overlaps) + ": part of that network is out of reach",
                         "give the network another subnet (ipam in the model), or set default-address-pools");
        });
    });
}

Verdict judge_pools(const Facts& facts) {
    return judged(facts.engine.info, [&](const EngineInfo& info) {
        constexpr std::size_t built_in = 31, nearly_all = 26;
        if (info.address_pools.empty() && facts.engine.networks &&
            facts.engine.networks->size() >= nearly_all)
            return warning(
                std::to_string(facts.engine.networks->size()) + " networks exist; the engine has " +
                    std::to_string(built_in) + " built-in address ranges",
                R"(docker.config: {"default-address-pools": [{"base": "10.201.0.0/16", "size": 24}]})");
        return judged(facts.machine.routes, [&](const std::vector<Route>& routes) {
            for (const std::string& pool : info.address_pools) {
                const auto route =
                    route_into(pool, routes,
                               facts.engine.networks ? *facts.engine.networks : std::vector<NetworkFacts>{});
                if (route)
                    return warning(
                        "the address pool " + pool + " overlaps the machine's route to " + route_text(*route),
                        "choose other default-address-pools");
            }
            return ok("the engine has address ranges for further networks");
        });
    });
}

Verdict judge_forwarding(const Facts& facts) {
    const auto off = [](const std::string& found) {
        return error(found + ": containers do not reach the network, nor does it reach their ports",
                     "sysctl -w net.ipv4.ip_forward=1, and look in /etc/sysctl.d for what turns it off");
    };
    if (facts.engine.info && !facts.engine.info->is_ipv4_forwarding)
        return off("the engine says that IPv4 is not forwarded");
    return judged(facts.machine.is_forwarding, [&](bool on) {
        return on ? ok("IPv4 is forwarded") : off("IPv4 is not forwarded (net.ipv4.ip_forward = 0)");
    });
}

Verdict judge_iptables(const Facts& facts) {
    return judged(facts.machine.has_iptables, [&](bool present) {
        if (present) return ok("iptables is installed");
        const auto iptables = engine_option(facts, "iptables");
        const bool is_off = iptables && !dockerd::is_on(*iptables);
        if (is_off || engine_option(facts, "firewall-backend") == "nftables")
            return ok("the engine does not use iptables");
        return error("there is no iptables, without which dockerd makes no networks",
                     "install the package iptables");
    });
}

bool is_loopback_address(const std::string& address) {
    return address.starts_with("127.") || address == "::1";
}

bool has_usable(const std::vector<std::string>& servers) {
    return std::any_of(servers.begin(), servers.end(),
                       [](const auto& each) { return !is_loopback_address(each); });
}

/// The engine leaves out nameservers on loopback, except that it knows where systemd-resolved keeps the real
/// ones.
Verdict judge_nameservers(const Facts& facts) {
    return judged(facts.machine.nameservers, [&](const std::vector<std::string>& servers) {
        if (servers.empty())
            return error("/etc/resolv.conf has no nameserver", "add one, or repair what writes the file");
        if (has_usable(servers)) return ok("containers can use the nameservers of /etc/resolv.conf");
        const bool is_resolved = servers == std::vector<std::string>{"127.0.0.53"};
        const auto& upstream = facts.machine.upstream_nameservers;
        if (is_resolved && upstream && has_usable(*upstream))
            return ok("containers can use the nameservers of systemd-resolved");
        if (engine_option(facts, "dns").value_or("[]") != "[]")
            return ok("the engine gives containers nameservers of its own");
        return warning("all nameservers are on loopback (" + listed(servers) +
                           "): containers cannot use them, and the engine gives them 8.8.8.8 instead",
                       R"(docker.config: {"dns": ["10.0.0.2"]} with a server of your network)");
    });
}

Verdict judge_names(const Facts& facts) {
    if (facts.registries.empty()) return skipped("the settings name no registry");
    std::vector<std::string> failed;
    std::string why;
    for (const RegistryFacts& registry : facts.registries) {
        if (registry.resolves) continue;
        failed.push_back(registry.server);
        why = registry.resolves.error().message();
    }
    if (failed.empty()) return ok("the names of all registries resolve");
    if (facts.engine.info && !facts.engine.info->proxy.empty())
        return warning("no address for " + listed(failed) + "; the engine may reach it by its proxy",
                       "docker pull an image of that registry to be sure");
    return error("no address for " + listed(failed) + ": " + why,
                 "getent hosts NAME; correct the name, or the nameservers in /etc/resolv.conf");
}

Verdict judge_synchronisation(const Facts& facts) {
    return judged(facts.machine.is_clock_synchronised, [](bool synchronised) {
        if (synchronised) return ok("the clock is synchronised");
        return warning("nothing synchronises the clock", "timedatectl set-ntp true, or install chrony");
    });
}

std::string skew_text(std::chrono::seconds ahead) {
    const auto amount = std::to_string(std::chrono::abs(ahead).count());
    return amount + " s " + (ahead.count() > 0 ? "behind" : "ahead of");
}

Verdict judge_skew(const Facts& facts) {
    constexpr std::chrono::seconds noticeable{30}, harmful{300};
    const RegistryFacts* worst = nullptr;
    for (const RegistryFacts& each : facts.registries) {
        if (!each.clock_ahead) continue;
        const bool is_worse =
            worst == nullptr || std::chrono::abs(*each.clock_ahead) > std::chrono::abs(*worst->clock_ahead);
        if (is_worse) worst = &each;
    }
    if (worst == nullptr) return skipped("no registry has told its time");
    const auto skew = std::chrono::abs(*worst->clock_ahead);
    if (skew < noticeable) return ok("the clock agrees with that of the registries");
    const std::string found = "this clock is " + skew_text(*worst->clock_ahead) + " that of " + worst->server;
    const std::string remedy = "set the clock: timedatectl; compare with another server before";
    if (skew < harmful) return warning(found, remedy);
    return error(found + ": tokens and certificates are refused", remedy);
}

Verdict judge_past(const Facts& facts) {
    return judged(facts.state, [&](const StateFacts& state) {
        constexpr std::chrono::minutes tolerance{5};
        if (facts.now + tolerance >= state.last_change) return ok("the clock has not gone back");
        return error(
            "the clock is behind the daemon's own files: it has been set back, or they come from elsewhere",
            "set the clock: timedatectl");
    });
}

constexpr std::array table_of_network{
    Check{"overlap", Category::network, "settings.md#compose-and-compose-environment", judge_overlap},
    Check{"address-pools", Category::network, "settings.md#docker", judge_pools},
    Check{"forwarding", Category::network, "doctor.md#network", judge_forwarding},
    Check{"iptables", Category::network, "doctor.md#network", judge_iptables},
    Check{"nameservers", Category::dns, "settings.md#docker", judge_nameservers},
    Check{"registries", Category::dns, "doctor.md#dns", judge_names},
    Check{"synchronised", Category::time, "doctor.md#time", judge_synchronisation},
    Check{"skew", Category::time, "doctor.md#time", judge_skew},
    Check{"past", Category::time, "doctor.md#time", judge_past},
};

}  // namespace

std::span<const Check> network_checks() { return table_of_network; }

}  // namespace dockerext::doctor
