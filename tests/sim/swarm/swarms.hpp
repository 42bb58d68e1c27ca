#pragma once

#include "base/clock.hpp"
#include "docker/json.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace dockerext::sim {

/// The swarms that the engines of several machines form: members, raft, leaders, and what each engine knows
/// of that. The calls of the API are in answers.hpp. Time and chance are those of the Schedule.
class Swarms {
public:
    struct Machine {
        std::string address;
        bool is_up = true;    ///< its engine runs
        bool is_cut = false;  ///< no packet leaves or reaches it
        std::string state = "inactive";
        std::size_t cluster = 0;  ///< index of its swarm, while it is a member
        std::string node;         ///< id; "" unless it is a member
        SteadyTime member_since{};
        std::uint64_t membership = 0;  ///< changes when a join begins, and when it leaves
    };
    struct Member {
        std::string id;
        std::size_t machine = 0;
        std::string role, availability;  ///< that it is to have
        json::Texts labels{};
        bool in_raft = false;
        std::uint64_t version = 1;
        WallTime created_at{};
        SteadyTime silent_since = SteadyTime::max();
    };
    struct Cluster {
        std::string id, trust_root;
        std::vector<Member> members{};
        std::string leader{};  ///< id of a member; "" while there is none
    };

    /// `node_event`: the engine of a machine tells that something has changed about nodes.
    explicit Swarms(std::function<void(std::size_t machine)> node_event)
        : node_event_(std::move(node_event)) {}

    std::vector<Machine> machines;
    std::vector<Cluster> clusters;
    std::string broken;  ///< the promise that a daemon broke

    // What happens to machines.
    void engine_starts(std::size_t machine);
    void engine_stops(std::size_t machine);
    void cut(std::size_t machine);
    void reconnect(std::size_t machine);
    /// The engine loses its data.
    void wipe(std::size_t machine);

    // What engines are asked for. The caller has checked that the call is possible.
    void found(std::size_t machine, const std::string& availability);
    /// Goes on until it succeeds, is refused, or the machine leaves; `ended` gets the refusal, or "".
    void join(std::size_t machine, const std::string& manager, const std::string& token,
              const std::string& availability, std::function<void(const std::string& refusal)> ended);
    void leave(std::size_t machine);
    void set_role(Cluster& cluster, Member& member, const std::string& role);
    void note_change(Cluster& cluster);
    void remove(Cluster& cluster, const std::string& id);

    /// The swarm of a manager that it can read and change now; nullptr if there is none, or no leader.
    Cluster* led_by_somebody(std::size_t machine);
    const Member* member_of(std::size_t machine) const;
    bool is_manager(std::size_t machine) const;
    static Member* find(Cluster& cluster, const std::string& id);
    std::string node_state(const Member& member) const;
    bool is_reachable(const Member& member) const;
    /// Whether the other members of raft have a majority.
    bool has_quorum_without(const Cluster& cluster, const Member& member) const;
    /// Whether the swarm survives the loss of the machine's data.
    bool can_lose(std::size_t machine) const;
    static std::string token(const Cluster& cluster, const std::string& role);

private:
    bool is_alive(const Member& member) const { return machines[member.machine].node == member.id; }
    bool talks(std::size_t machine) const { return machines[machine].is_up && !machines[machine].is_cut; }
    bool has_quorum(const Cluster& cluster) const;
    bool is_only_manager(std::size_t machine) const;
    std::size_t cluster_at(const std::string& manager) const;
    std::string refusal_of(const Cluster& cluster, const std::string& token) const;
    void try_to_join(std::size_t machine, std::uint64_t membership, const std::string& manager,
                     const std::string& token, const std::string& availability,
                     const std::function<void(const std::string&)>& ended);
    void add_member(std::size_t machine, std::size_t cluster, const std::string& role,
                    const std::string& availability);
    void finish_role(std::size_t cluster, const std::string& id);
    void reachability_changed();
    void elect(std::size_t cluster);

    std::function<void(std::size_t machine)> node_event_;
    std::uint64_t nodes_ = 0;
};

}  // namespace dockerext::sim
