#pragma once

#include "plan/swarm_planner.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dockerext::test {

/// Machines whose engines form swarms, small enough to be a value: each machine has its daemon, which looks,
/// plans, saves its record and makes its calls one by one, so that all of that interleaves.
class SwarmWorld {
public:
    struct Machine {
        std::string address;
        model::SwarmDesired desired;
        model::SwarmRecord on_disk;
        bool is_cut = false;  ///< no packet leaves or reaches it

        // Its engine.
        model::LocalNodeState state = model::LocalNodeState::inactive;
        std::size_t cluster = 0;  ///< index of its swarm, while it is a member or joins
        std::string node;         ///< id; "" unless it is a member
        model::SwarmRole joins_as = model::SwarmRole::worker;

        // What its daemon knows only in memory.
        std::optional<plan::SwarmPlan> planned;
        bool is_saved = false;
        unsigned attempts = 0;
        std::uint64_t seed = 0;
    };
    /// How long a join takes: the call answers, or it goes on after the call has failed.
    enum class Join { answers, goes_on };

    SwarmWorld(std::size_t machine_count, std::size_t managers);

    std::vector<Machine> machines;
    model::WallTime now;

    std::size_t founded() const noexcept { return clusters_.size(); }
    /// The settings for all machines; the first `managers` of these are named.
    model::SwarmDesired document(std::size_t managers) const;
    /// With the tokens of the first swarm, as its manager prints them.
    model::SwarmDesired document_with_tokens(std::size_t managers) const;

    /// The daemon's next action: a look and a plan, the record on disk, or a call.
    void advance(Machine& machine, Join join = Join::answers);
    /// The daemon ends between two actions, and starts again.
    static void restart_daemon(Machine& machine);
    /// The engine loses its data. Its entry in the swarm stays.
    static void wipe_engine(Machine& machine);
    /// The machine loses everything but its settings.
    static void reimage(Machine& machine);
    /// What engines do by themselves: joins that go on end, and demoted managers leave raft.
    void let_engines_work();

    /// Whether the machine takes part in its swarm's raft.
    bool is_manager(const Machine& machine) const;
    /// Whether the swarm still has a quorum when the machine is lost.
    bool can_be_lost(const Machine& machine) const;
    /// Whether a manager that `document(managers)` names answers to the machine.
    bool is_answered(const Machine& machine, std::size_t managers) const;
    std::size_t entries() const { return clusters_.front().members.size(); }
    unsigned calls() const noexcept { return calls_; }  ///< that daemons have made

private:
    struct Member {
        std::string id;
        std::size_t machine = 0;
        model::SwarmRole role = model::SwarmRole::worker;  ///< that it is to have
        bool in_raft = false;
        std::map<std::string, std::string> labels{};
        unsigned number = 0;
    };
    struct Cluster {
        std::vector<Member> members;
    };
    friend struct SwarmEngine;

    bool is_alive(const Member& member) const;
    bool is_reachable(const Member& member) const;
    bool has_quorum(const Cluster& cluster, const Member* without = nullptr) const;
    bool can_demote(const Cluster& cluster, const Member& member) const;
    const Member* member_of(const Machine& machine) const;
    void add_member(Machine& machine, model::SwarmRole role);
    model::ObservedSwarm observe(const Machine& machine) const;
    model::ObservedNode node_of(const Cluster& cluster, const Member& member) const;
    void check(const plan::SwarmPlan& planned, const Machine& machine) const;
    bool perform(Machine& machine, const model::Operation& operation, Join join);

    std::vector<Cluster> clusters_;
    unsigned nodes_ = 0, calls_ = 0;
};

}  // namespace dockerext::test
