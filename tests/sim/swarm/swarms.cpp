#include "swarm/swarms.hpp"

#include "observe/swarm_facts.hpp"
#include "schedule.hpp"

#include <algorithm>
#include <utility>

namespace dockerext::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t nowhere = static_cast<std::size_t>(-1);
constexpr Duration longest_election = 20s;  ///< measured: 12 s, and 25 s for a leader that was cut off
constexpr Duration until_down = 15s;        ///< without a heartbeat
constexpr Duration between_tries = 5s;      ///< of a join that goes on
constexpr Duration longest_change_of_role = 5s, longest_join = 2s;

Random& chance() { return Schedule::current().random; }

}  // namespace

std::string Swarms::token(const Cluster& cluster, const std::string& role) {
    return "SWMTKN-1-" + observe::token_digest(cluster.trust_root) + "-" +
           std::string(25, role == "manager" ? 'm' : 'w');
}

const Swarms::Member* Swarms::member_of(std::size_t machine) const {
    const Machine& asked = machines[machine];
    if (asked.node.empty()) return nullptr;
    const auto& members = clusters[asked.cluster].members;
    const auto found = std::find_if(members.begin(), members.end(),
                                    [&](const Member& member) { return member.id == asked.node; });
    return found == members.end() ? nullptr : &*found;
}

bool Swarms::is_manager(std::size_t machine) const {
    const Member* const member = member_of(machine);
    return member != nullptr && member->in_raft;
}

Swarms::Member* Swarms::find(Cluster& cluster, const std::string& id) {
    const auto found = std::find_if(cluster.members.begin(), cluster.members.end(),
                                    [&](const Member& member) { return member.id == id; });
    return found == cluster.members.end() ? nullptr : &*found;
}

bool Swarms::is_reachable(const Member& member) const { return is_alive(member) && talks(member.machine); }

std::string Swarms::node_state(const Member& member) const {
    const bool is_missed =
        member.silent_since != SteadyTime::max() && steady_now() - member.silent_since >= until_down;
    return is_missed ? "down" : "ready";
}

bool Swarms::has_quorum(const Cluster& cluster) const {
    const auto total = std::count_if(cluster.members.begin(), cluster.members.end(),
                                     [](const Member& member) { return member.in_raft; });
    const auto reachable =
        std::count_if(cluster.members.begin(), cluster.members.end(),
                      [&](const Member& member) { return member.in_raft && is_reachable(member); });
    return reachable > total / 2;
}

bool Swarms::has_quorum_without(const Cluster& cluster, const Member& member) const {
    Cluster after = cluster;
    std::erase_if(after.members, [&](const Member& each) { return each.id == member.id; });
    return has_quorum(after);
}

bool Swarms::can_lose(std::size_t machine) const {
    if (!is_manager(machine)) return true;
    const auto& members = clusters[machines[machine].cluster].members;
    const auto total =
        std::count_if(members.begin(), members.end(), [](const Member& member) { return member.in_raft; });
    const auto left = std::count_if(members.begin(), members.end(), [&](const Member& member) {
        return member.in_raft && is_alive(member) && member.machine != machine;
    });
    return left > total / 2;
}

/// A manager that is cut off hears of no leader; the only one needs nobody else.
Swarms::Cluster* Swarms::led_by_somebody(std::size_t machine) {
    if (!is_manager(machine)) return nullptr;
    Cluster& cluster = clusters[machines[machine].cluster];
    if (find(cluster, cluster.leader) == nullptr) return nullptr;
    const bool is_led = is_only_manager(machine) || (talks(machine) && has_quorum(cluster));
    return is_led ? &cluster : nullptr;
}

bool Swarms::is_only_manager(std::size_t machine) const {
    const auto& members = clusters[machines[machine].cluster].members;
    return is_manager(machine) && std::count_if(members.begin(), members.end(),
                                                [](const Member& member) { return member.in_raft; }) == 1;
}

/// Managers that have a leader hear of it; others find out by themselves.
void Swarms::note_change(Cluster& cluster) {
    for (const Member& member : cluster.members) {
        if (is_alive(member) && machines[member.machine].is_up && led_by_somebody(member.machine) != nullptr)
            node_event_(member.machine);
    }
}

void Swarms::engine_starts(std::size_t machine) {
    machines[machine].is_up = true;
    reachability_changed();
}

void Swarms::engine_stops(std::size_t machine) {
    machines[machine].is_up = false;
    reachability_changed();
}

void Swarms::cut(std::size_t machine) {
    machines[machine].is_cut = true;
    reachability_changed();
}

void Swarms::reconnect(std::size_t machine) {
    machines[machine].is_cut = false;
    reachability_changed();
}

void Swarms::wipe(std::size_t machine) {
    machines[machine].state = "inactive";
    machines[machine].node.clear();
    ++machines[machine].membership;
    reachability_changed();
}

void Swarms::reachability_changed() {
    for (std::size_t index = 0; index < clusters.size(); ++index) {
        for (Member& member : clusters[index].members) {
            if (is_reachable(member)) member.silent_since = SteadyTime::max();
            else if (member.silent_since == SteadyTime::max()) member.silent_since = steady_now();
        }
        const Member* const leader = find(clusters[index], clusters[index].leader);
        const bool leads_on =
            leader != nullptr && leader->in_raft && is_alive(*leader) &&
            (talks(leader->machine) || (machines[leader->machine].is_up && is_only_manager(leader->machine)));
        if (!leads_on) elect(index);
        Schedule::current().after(until_down, [this, index] { note_change(clusters[index]); });
    }
}

/// Without a majority there is no leader until more managers are back.
void Swarms::elect(std::size_t cluster) {
    clusters[cluster].leader.clear();
    Schedule::current().after(chance().between(1s, longest_election), [this, cluster] {
        if (!clusters[cluster].leader.empty()) return;
        std::vector<std::string> candidates;
        for (const Member& member : clusters[cluster].members) {
            const bool can_lead = is_only_manager(member.machine) ? machines[member.machine].is_up
                                                                  : has_quorum(clusters[cluster]);
            const bool takes_part = is_reachable(member) || is_only_manager(member.machine);
            if (member.in_raft && is_alive(member) && can_lead && takes_part) candidates.push_back(member.id);
        }
        if (candidates.empty()) return;
        clusters[cluster].leader = chance().pick(candidates);
        note_change(clusters[cluster]);
    });
}

void Swarms::found(std::size_t machine, const std::string& availability) {
    if (!clusters.empty()) broken = "a second swarm is founded by " + machines[machine].address;
    const std::string number = std::to_string(clusters.size());
    clusters.push_back({.id = "cluster-" + number, .trust_root = "the certificate of swarm " + number});
    add_member(machine, clusters.size() - 1, "manager", availability);
    clusters.back().leader = machines[machine].node;
}

void Swarms::add_member(std::size_t machine, std::size_t cluster, const std::string& role,
                        const std::string& availability) {
    Machine& joined = machines[machine];
    joined.state = "active";
    joined.cluster = cluster;
    joined.node = "node-" + std::to_string(++nodes_);
    joined.member_since = steady_now();
    clusters[cluster].members.push_back({.id = joined.node,
                                         .machine = machine,
                                         .role = role,
                                         .availability = availability.empty() ? "active" : availability,
                                         .in_raft = role == "manager",
                                         .created_at = wall_now()});
    reachability_changed();
    note_change(clusters[cluster]);
}

std::size_t Swarms::cluster_at(const std::string& manager) const {
    for (std::size_t machine = 0; machine < machines.size(); ++machine) {
        const bool answers = machines[machine].address == manager && talks(machine) && is_manager(machine);
        const std::size_t cluster = machines[machine].cluster;
        if (answers && has_quorum(clusters[cluster]) && !clusters[cluster].leader.empty()) return cluster;
    }
    return nowhere;
}

std::string Swarms::refusal_of(const Cluster& cluster, const std::string& token) const {
    for (const char* role : {"manager", "worker"}) {
        if (token == Swarms::token(cluster, role)) return "";
    }
    return token.find(observe::token_digest(cluster.trust_root)) == std::string::npos
               ? "remote CA does not match fingerprint. Potential man-in-the-middle attack?"
               : "rpc error: code = InvalidArgument desc = A valid join token is necessary to join this "
                 "cluster";
}

void Swarms::join(std::size_t machine, const std::string& manager, const std::string& token,
                  const std::string& availability, std::function<void(const std::string&)> ended) {
    machines[machine].state = "pending";
    try_to_join(machine, ++machines[machine].membership, manager, token, availability, ended);
}

void Swarms::try_to_join(std::size_t machine, std::uint64_t membership, const std::string& manager,
                         const std::string& token, const std::string& availability,
                         const std::function<void(const std::string&)>& ended) {
    if (machines[machine].membership != membership) return;
    const std::size_t cluster = talks(machine) ? cluster_at(manager) : nowhere;
    if (cluster == nowhere)
        return Schedule::current().after(between_tries, [=, this] {
            try_to_join(machine, membership, manager, token, availability, ended);
        });
    const std::string refusal = refusal_of(clusters[cluster], token);
    Schedule::current().after(chance().up_to(longest_join), [=, this] {
        if (machines[machine].membership != membership) return;
        if (!talks(machine) || cluster_at(manager) != cluster)
            return try_to_join(machine, membership, manager, token, availability, ended);
        if (refusal.empty())
            add_member(machine, cluster,
                       token == Swarms::token(clusters[cluster], "manager") ? "manager" : "worker",
                       availability);
        else machines[machine].state = "inactive";
        ended(refusal);
    });
}

/// A join that is given up may end just then.
void Swarms::leave(std::size_t machine) {
    const bool has_just_joined = steady_now() - machines[machine].member_since < 1s;
    if (machines[machine].state == "active" && !has_just_joined)
        broken = machines[machine].address + " leaves its swarm";
    wipe(machine);
}

void Swarms::set_role(Cluster& cluster, Member& member, const std::string& role) {
    member.role = role;
    const auto index = static_cast<std::size_t>(&cluster - clusters.data());
    Schedule::current().after(chance().up_to(longest_change_of_role),
                              [this, index, id = member.id] { finish_role(index, id); });
}

/// Raft follows the wanted role, as soon as a majority can agree to that.
void Swarms::finish_role(std::size_t cluster, const std::string& id) {
    Member* const member = find(clusters[cluster], id);
    const bool is_wanted = member != nullptr && member->role == "manager";
    if (member == nullptr || member->in_raft == is_wanted) return;
    const bool can_change =
        has_quorum(clusters[cluster]) &&
        (is_wanted ? is_reachable(*member) : has_quorum_without(clusters[cluster], *member));
    if (!can_change)
        return Schedule::current().after(between_tries, [this, cluster, id] { finish_role(cluster, id); });
    member->in_raft = is_wanted;
    reachability_changed();
    note_change(clusters[cluster]);
}

/// A machine that comes back after that cannot take part in its swarm any more.
void Swarms::remove(Cluster& cluster, const std::string& id) {
    for (Machine& machine : machines) {
        if (machine.node == id) machine.state = "error";
    }
    std::erase_if(cluster.members, [&](const Member& member) { return member.id == id; });
    note_change(cluster);
}

}  // namespace dockerext::sim
