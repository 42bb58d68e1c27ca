#include "swarm_world.hpp"

#include "base/overloaded.hpp"
#include "swarm_scene.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace dockerext::test {

using namespace model;

namespace {

/// Of the swarm with this index.
char digest_of(std::size_t cluster) { return static_cast<char>('a' + cluster); }

std::string id_of(std::size_t cluster) { return std::string("cluster-") + digest_of(cluster); }

}  // namespace

SwarmWorld::SwarmWorld(std::size_t machine_count, std::size_t managers) : now(swarm_noon) {
    for (std::size_t number = 0; number < machine_count; ++number)
        machines.push_back({.address = "10.0.0." + std::to_string(number + 4)});
    for (Machine& machine : machines) machine.desired = document(managers);
}

SwarmDesired SwarmWorld::document(std::size_t managers) const {
    SwarmDesired desired;
    for (std::size_t number = 0; number < managers; ++number)
        desired.settings.managers.push_back(manager_at(machines[number].address));
    desired.settings.forget_after = std::chrono::hours(1);
    return desired;
}

SwarmDesired SwarmWorld::document_with_tokens(std::size_t managers) const {
    SwarmDesired desired = document(managers);
    desired.access.worker_token = swarm_token(digest_of(0), 'w');
    desired.access.manager_token = swarm_token(digest_of(0), 'm');
    return desired;
}

void SwarmWorld::advance(Machine& machine, Join join) {
    if (!machine.planned) {
        const SwarmHistory history{
            .record = machine.on_disk, .attempts = machine.attempts, .seed = machine.seed};
        machine.planned = plan::plan_swarm(machine.desired, observe(machine), history, SteadyTime{}, now);
        check(*machine.planned, machine);
        if (machine.planned->nobody_answers) ++machine.attempts;
        machine.is_saved = false;
        return;
    }
    if (!std::exchange(machine.is_saved, true)) machine.on_disk = machine.planned->record;
    else if (!machine.planned->plan.steps.empty()) {
        auto& steps = machine.planned->plan.steps;
        const bool is_done = perform(machine, steps.front().operation, join);
        if (!is_done) ++machine.attempts;
        steps.erase(steps.begin(), is_done ? steps.begin() + 1 : steps.end());
    }
    if (machine.planned->plan.steps.empty()) machine.planned.reset();
}

void SwarmWorld::restart_daemon(Machine& machine) {
    machine.planned.reset();
    machine.attempts = 0;
    ++machine.seed;
}

void SwarmWorld::wipe_engine(Machine& machine) {
    machine.state = LocalNodeState::inactive;
    machine.node.clear();
    machine.planned.reset();
}

void SwarmWorld::reimage(Machine& machine) {
    wipe_engine(machine);
    machine.on_disk = {};
}

void SwarmWorld::let_engines_work() {
    for (Machine& machine : machines) {
        const bool joins = machine.state == LocalNodeState::pending && !machine.is_cut;
        if (joins && has_quorum(clusters_[machine.cluster])) add_member(machine, machine.joins_as);
    }
    for (Cluster& cluster : clusters_) {
        for (Member& member : cluster.members) {
            const bool leaves_raft = member.in_raft && member.role == SwarmRole::worker;
            if (leaves_raft && has_quorum(cluster) && can_demote(cluster, member)) member.in_raft = false;
        }
    }
}

bool SwarmWorld::is_alive(const Member& member) const { return machines[member.machine].node == member.id; }

bool SwarmWorld::is_reachable(const Member& member) const {
    return is_alive(member) && !machines[member.machine].is_cut;
}

bool SwarmWorld::has_quorum(const Cluster& cluster, const Member* without) const {
    std::size_t total = 0, reachable = 0;
    for (const Member& member : cluster.members) {
        if (!member.in_raft) continue;
        ++total;
        if (&member != without && is_reachable(member)) ++reachable;
    }
    return reachable > total / 2;
}

bool SwarmWorld::can_demote(const Cluster& cluster, const Member& member) const {
    Cluster after = cluster;
    after.members[static_cast<std::size_t>(&member - cluster.members.data())].in_raft = false;
    return has_quorum(after);
}

const SwarmWorld::Member* SwarmWorld::member_of(const Machine& machine) const {
    if (machine.node.empty()) return nullptr;
    const auto& members = clusters_[machine.cluster].members;
    return &*std::find_if(members.begin(), members.end(),
                          [&](const Member& member) { return member.id == machine.node; });
}

bool SwarmWorld::is_manager(const Machine& machine) const {
    const Member* const member = member_of(machine);
    return member != nullptr && member->in_raft;
}

bool SwarmWorld::can_be_lost(const Machine& machine) const {
    return !is_manager(machine) || has_quorum(clusters_[machine.cluster], member_of(machine));
}

bool SwarmWorld::is_answered(const Machine& machine, std::size_t managers) const {
    if (machine.is_cut) return false;
    return std::any_of(
        machines.begin(), machines.begin() + static_cast<std::ptrdiff_t>(managers),
        [&](const Machine& each) { return &each != &machine && is_manager(each) && !each.is_cut; });
}

void SwarmWorld::add_member(Machine& machine, SwarmRole role) {
    machine.state = LocalNodeState::active;
    machine.node = "node-" + std::to_string(++nodes_);
    clusters_[machine.cluster].members.push_back(
        {.id = machine.node,
         .machine = static_cast<std::size_t>(&machine - machines.data()),
         .role = role,
         .in_raft = role == SwarmRole::manager,
         .number = nodes_});
}

ObservedNode SwarmWorld::node_of(const Cluster& cluster, const Member& member) const {
    const std::string& address = machines[member.machine].address;
    ObservedNode node{.id = member.id, .hostname = address, .address = address, .role = member.role};
    node.state = is_reachable(member) ? NodeState::ready : NodeState::down;
    node.created_at = swarm_noon + std::chrono::seconds(member.number);
    if (!member.in_raft) return node;
    node.manager_address = address + ":2377";
    // Whoever answers at the address.
    node.reachable = is_manager(machines[member.machine]) && !machines[member.machine].is_cut;
    const auto leader = std::find_if(cluster.members.begin(), cluster.members.end(),
                                     [&](const Member& each) { return each.in_raft && is_reachable(each); });
    node.leader = leader != cluster.members.end() && leader->id == member.id;
    return node;
}

ObservedSwarm SwarmWorld::observe(const Machine& machine) const {
    ObservedSwarm observed{.state = machine.state, .engine_version = "20.10.24"};
    observed.addresses = {{"eth0", machine.address, true}};
    if (machine.state == LocalNodeState::inactive && !machine.is_cut) {
        for (const TcpAddress& manager : machine.desired.settings.managers) {
            const auto answers = [&](const Machine& each) {
                return each.address == manager.host && is_manager(each) && !each.is_cut;
            };
            if (std::any_of(machines.begin(), machines.end(), answers)) observed.answering.push_back(manager);
        }
    }
    if (machine.state != LocalNodeState::active) return observed;
    const Cluster& cluster = clusters_[machine.cluster];
    observed.node_id = machine.node;
    observed.node_address = machine.address;
    for (const Member& member : cluster.members) {
        if (member.in_raft) observed.remote_managers.push_back(machines[member.machine].address + ":2377");
    }
    observed.manager = is_manager(machine);
    if (!observed.manager) return observed;
    observed.cluster =
        ObservedCluster{.id = id_of(machine.cluster), .ca_digest = swarm_digest(digest_of(machine.cluster))};
    observed.nodes_error = "no quorum";
    if (machine.is_cut || !has_quorum(cluster)) return observed;
    observed.nodes.emplace();
    for (const Member& member : cluster.members) observed.nodes->push_back(node_of(cluster, member));
    return observed;
}

/// What no plan may contain, at the moment at which it is made.
void SwarmWorld::check(const plan::SwarmPlan& planned, const Machine& machine) const {
    unsigned demotions = 0;
    for (const Step& step : planned.plan.steps) {
        const bool leaves = std::holds_alternative<LeaveSwarm>(step.operation);
        const bool is_departing = !machine.desired.departure.reason.empty() || machine.on_disk.has_departed;
        const bool departs = is_departing && !is_manager(machine);
        EXPECT_TRUE(!leaves || departs || machine.state == LocalNodeState::pending)
            << "leaves a swarm unasked";
        const auto* const update = std::get_if<UpdateNode>(&step.operation);
        if (update == nullptr || update->role != SwarmRole::worker) continue;
        ++demotions;
        const Cluster& cluster = clusters_[machine.cluster];
        const auto member = std::find_if(cluster.members.begin(), cluster.members.end(),
                                         [&](const Member& each) { return each.id == update->id; });
        EXPECT_TRUE(can_demote(cluster, *member)) << "ends the quorum";
    }
    EXPECT_LE(demotions, 1U);
}

/// Makes one call at the machine's engine. Returns whether it succeeds.
struct SwarmEngine {
    SwarmWorld& world;
    SwarmWorld::Machine& machine;
    SwarmWorld::Join join_time;

    bool operator()(const InitSwarm&) const {
        if (machine.state != LocalNodeState::inactive) return false;
        machine.cluster = world.clusters_.size();
        world.clusters_.emplace_back();
        world.add_member(machine, SwarmRole::manager);
        return true;
    }

    bool operator()(const JoinSwarm& join) const {
        const auto manager =
            std::find_if(world.machines.begin(), world.machines.end(), [&](const auto& each) {
                return each.address == join.manager.host && !each.is_cut && world.is_manager(each);
            });
        if (machine.state != LocalNodeState::inactive || machine.is_cut || manager == world.machines.end())
            return false;
        const char secret = join.role == SwarmRole::manager ? 'm' : 'w';
        if (join.token != swarm_token(digest_of(manager->cluster), secret)) return false;
        machine.cluster = manager->cluster;
        machine.joins_as = join.role;
        machine.state = LocalNodeState::pending;
        const bool can_end = world.has_quorum(world.clusters_[machine.cluster]);
        if (!can_end || join_time == SwarmWorld::Join::goes_on) return false;
        world.add_member(machine, join.role);
        return true;
    }

    bool operator()(const LeaveSwarm&) const {
        if (world.is_manager(machine)) return false;
        machine.state = LocalNodeState::inactive;
        machine.node.clear();
        return true;
    }

    /// Refuses, as SwarmKit does, what would end the quorum: another daemon may have been faster.
    bool operator()(const UpdateNode& update) const {
        SwarmWorld::Member* const member = writable(update.id);
        if (member == nullptr) return false;
        if (update.role == SwarmRole::worker && member->in_raft &&
            !world.can_demote(world.clusters_[machine.cluster], *member))
            return false;
        if (update.role) member->role = *update.role;
        return true;
    }

    bool operator()(const RemoveNode& remove) const {
        SwarmWorld::Member* const member = writable(remove.id);
        if (member == nullptr || member->in_raft || world.is_alive(*member)) return false;
        std::erase_if(world.clusters_[machine.cluster].members,
                      [&](const SwarmWorld::Member& each) { return each.id == remove.id; });
        return true;
    }

    bool operator()(const auto&) const {
        ADD_FAILURE() << "nothing that these settings ask for";
        return false;
    }

private:
    /// nullptr if the machine's engine cannot change the node, or there is none.
    SwarmWorld::Member* writable(const std::string& id) const {
        if (!world.is_manager(machine) || machine.is_cut) return nullptr;
        auto& cluster = world.clusters_[machine.cluster];
        const auto member = std::find_if(cluster.members.begin(), cluster.members.end(),
                                         [&](const SwarmWorld::Member& each) { return each.id == id; });
        return member == cluster.members.end() || !world.has_quorum(cluster) ? nullptr : &*member;
    }
};

bool SwarmWorld::perform(Machine& machine, const Operation& operation, Join join) {
    ++calls_;
    return std::visit(SwarmEngine{*this, machine, join}, operation);
}

}  // namespace dockerext::test
