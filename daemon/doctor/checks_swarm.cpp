#include "dockerd/option_values.hpp"
#include "doctor/engine_options.hpp"
#include "doctor/swarm_scope.hpp"

#include <algorithm>
#include <array>

/// What the machine needs to be a node of a Docker Swarm.
namespace dockerext::doctor {
namespace {

using model::Category;
using model::LocalNodeState;
using model::ObservedSwarm;

/// A process of root that cannot be seen may be dockerd. The kernel itself carries overlay traffic.
bool is_held_for_engine(const PortHolder& holder) {
    return holder.process == "dockerd" || (holder.process.empty() && holder.user == "0");
}

bool must_be_held(const SwarmPort& port, const ObservedSwarm& swarm) {
    if (swarm.state != LocalNodeState::active) return false;
    return port.use == SwarmPort::Use::gossip || (port.use == SwarmPort::Use::manager && swarm.manager);
}

Verdict judge_ports(const Facts& facts) {
    return judged_in_swarm(facts, [&](const ObservedSwarm& swarm) {
        return judged(facts.swarm.ports, [&](const std::vector<SwarmPort>& ports) {
            std::vector<std::string> taken, unheld, held;
            for (const SwarmPort& each : ports) {
                const std::string name = to_string(each.port);
                const bool is_held = each.holder.has_value();
                if (is_held && !is_held_for_engine(*each.holder))
                    taken.push_back("port " + name + " is held by " + to_string(*each.holder));
                else if (is_held) held.push_back(name);
                else if (must_be_held(each, swarm)) unheld.push_back(name);
            }
            if (!taken.empty())
                return error(listed(taken) + ", but a swarm needs it", "end it, or give it another port");
            if (!unheld.empty())
                return error("the engine is in a swarm, but holds no port " + listed(unheld) +
                                 ": other nodes do not reach it",
                             "journalctl -u docker -n 50; systemctl restart docker");
            return ok((held.empty() ? "nobody else holds the ports of a swarm"
                                    : "the engine holds " + listed(held)) +
                      "; whether UDP from other machines arrives cannot be told from here");
        });
    });
}

Verdict judge_managers(const Facts& facts) {
    return judged_in_swarm(facts, [&](const ObservedSwarm& swarm) {
        return judged(facts.swarm.managers, [&](const ManagerAnswers& managers) {
            std::vector<std::string> silent;
            for (const TcpAddress& each : managers.asked) {
                const auto& answering = managers.answering;
                if (std::find(answering.begin(), answering.end(), each) == answering.end())
                    silent.push_back(to_string(each));
            }
            if (managers.asked.empty()) return ok("there is no other manager");
            if (silent.empty()) return ok("all other managers accept connections");
            const std::string found = "no manager accepts connections at " + listed(silent);
            const std::string remedy =
                "does its engine run, and is it in the swarm? let this port of TCP through all firewalls";
            const bool needs_one = !(swarm.state == LocalNodeState::active && swarm.manager);
            return managers.answering.empty() && needs_one ? error(found, remedy) : warning(found, remedy);
        });
    });
}

/// The address that other nodes use, or will use if the settings give it; "" if neither is known.
std::string advertised_address(const Facts& facts, const ObservedSwarm& swarm) {
    if (swarm.state != LocalNodeState::inactive) return swarm.node_address;
    return asks_for_swarm(facts) ? parse_ip_address(facts.settings->swarm->advertise).value_or("") : "";
}

Verdict judge_address(const Facts& facts) {
    return judged_in_swarm(facts, [&](const ObservedSwarm& swarm) {
        const std::string address = advertised_address(facts, swarm);
        if (address.empty()) return ok("the engine advertises no address yet");
        const auto own = std::find_if(swarm.addresses.begin(), swarm.addresses.end(),
                                      [&](const MachineAddress& each) { return each.address == address; });
        const bool is_inactive = swarm.state == LocalNodeState::inactive;
        const std::string rejoin = "let the machine leave the swarm: dockerextd joins it anew";
        if (own == swarm.addresses.end())
            return error("other nodes are told to use " + address + ", which is no address of this machine",
                         is_inactive ? "correct swarm.advertise"
                                     : "give the machine this address again, or " + rejoin);
        if (!own->primary)
            return warning(address + " is not the primary address of " + own->interface +
                               ": overlay traffic leaves from another one, and may be lost",
                           "set swarm.advertise to " + own->interface +
                               (is_inactive ? std::string() : ", and " + rejoin));
        return ok("other nodes use " + address + ", the primary address of " + own->interface);
    });
}

/// Also of an engine that does not start because of it.
Verdict judge_live_restore(const Facts& facts) {
    if (const auto why = why_no_swarm(facts)) return skipped(*why);
    const auto& observed = facts.swarm.observed;
    const auto option = engine_option(facts, "live-restore");
    const bool is_configured = option && dockerd::is_on(*option);
    const bool is_member = observed && observed->state != LocalNodeState::inactive;
    if (is_configured || (observed && observed->live_restore))
        return error(is_member
                         ? "live-restore is on: dockerd does not start with it as long as it is in a swarm"
                         : "live-restore is on: an engine with it cannot be in a swarm",
                     "remove live-restore from docker.config, docker.options, /etc/docker/daemon.json and "
                     "docker.service");
    return judged(observed, [](const ObservedSwarm&) { return ok("live-restore is off"); });
}

Verdict judge_lock(const Facts& facts) {
    return judged_in_swarm(facts, [&](const ObservedSwarm& swarm) {
        const bool is_locked = swarm.state == LocalNodeState::locked;
        const bool locks_itself = swarm.cluster && swarm.cluster->autolock;
        if (!is_locked && !locks_itself) return ok("the engine needs no unlock key");
        return judged(facts.settings, [&](const StoredSettings& settings) {
            const std::string remedy =
                "deploy the unlock-key that `docker swarm unlock-key` prints on another manager";
            if (is_locked)
                return error(settings.has_unlock_key
                                 ? "this manager is locked, and the unlock-key of the settings is not its key"
                                 : "this manager is locked, and the settings have no unlock-key",
                             remedy);
            if (!settings.has_unlock_key)
                return warning(
                    "autolock is on, but the settings have no unlock-key: this manager stays "
                    "locked after a restart of its engine",
                    remedy);
            return ok("the settings have an unlock-key for the next restart of the engine");
        });
    });
}

constexpr std::array table_of_swarm{
    Check{"ports", Category::swarm, "doctor.md#swarm", judge_ports},
    Check{"managers", Category::swarm, "settings.md#swarm", judge_managers},
    Check{"address", Category::swarm, "settings.md#swarm", judge_address},
    Check{"live-restore", Category::swarm, "settings.md#swarm", judge_live_restore},
    Check{"lock", Category::swarm, "settings.md#swarm", judge_lock},
};

}  // namespace

std::span<const Check> swarm_checks() { return table_of_swarm; }

}  // namespace dockerext::doctor
