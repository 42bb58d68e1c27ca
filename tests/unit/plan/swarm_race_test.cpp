// Daemons of several machines form a swarm at the same time, and anything may happen between any two of their
// actions. There is never a second swarm, and in the end all machines that stay are in the first.
#include "swarm_world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <utility>

namespace dockerext::test {
namespace {

using namespace model;
using Machine = SwarmWorld::Machine;
using Join = SwarmWorld::Join;

constexpr unsigned races = 300;
constexpr unsigned events_with_tokens = 400;

/// One race: its document, in three versions, and what happens.
class Race {
public:
    explicit Race(unsigned seed)
        : random_(seed), managers_(1 + below(5)), world_(managers_ + 1 + below(3), managers_) {
        for (Machine& machine : world_.machines) machine.seed = random_();
    }

    /// The document names the managers, and has no tokens yet.
    void found() {
        for (unsigned event = 0; event < 60; ++event) happens();
        settle();
        ASSERT_EQ(world_.founded(), 1U);
        for (const Machine& machine : world_.machines)
            EXPECT_EQ(machine.state == LocalNodeState::active, &machine == &world_.machines.front());
    }

    /// The tokens are deployed, here sooner, there later, and somewhere they vanish again.
    void join_in_trouble() {
        for (unsigned event = 0; event < events_with_tokens && !testing::Test::HasFailure(); ++event) {
            if (one_in(12)) deploy(any_machine());
            else if (one_in(12)) break_something(any_machine());
            else if (one_in(24)) announce_end_of_unlisted();
            else happens();
            ASSERT_EQ(world_.founded(), 1U) << "after event " << event;
        }
    }

    void end() {
        for (Machine& machine : world_.machines) machine.is_cut = false;
        check_all_join();
    }

    /// One machine leaves if the swarm can spare it; then it is to stay after all.
    void leave_and_return() {
        Machine& machine = any_machine();
        const bool is_spared = !world_.is_manager(machine) || managers_at_last() > 1;
        announce_end(machine);
        settle();
        EXPECT_EQ(machine.state == LocalNodeState::inactive, is_spared) << machine.address;
        check_all_join();
    }

private:
    std::size_t below(std::size_t limit) { return random_() % limit; }
    bool one_in(std::size_t number) { return below(number) == 0; }
    Machine& any_machine() { return world_.machines[below(world_.machines.size())]; }
    Machine& first() { return world_.machines.front(); }

    /// Fewer managers than at first, if the quorum of those that stay can bear a loss.
    std::size_t managers_at_last() const { return managers_ > 3 ? managers_ - 2 : managers_; }
    bool is_listed_at_last(const Machine& machine) const {
        return &machine < world_.machines.data() + managers_at_last();
    }
    SwarmDesired newest() const { return world_.document_with_tokens(managers_at_last()); }

    void check_all_join() {
        for (Machine& machine : world_.machines) {
            machine.desired = newest();
            machine.planned.reset();
        }
        settle();
        EXPECT_EQ(world_.founded(), 1U);
        EXPECT_EQ(world_.entries(), world_.machines.size()) << "old entries are gone";
        for (Machine& machine : world_.machines) check_member(machine);
    }

    /// Azure is about to take the machine away.
    static void announce_end(Machine& machine) {
        machine.desired.departure.reason = "its end is announced";
        machine.planned.reset();
    }

    /// Somebody of the newest document has to stay, for others to join through.
    void announce_end_of_unlisted() {
        Machine& machine = any_machine();
        if (!is_listed_at_last(machine)) announce_end(machine);
    }

    void happens() {
        Machine& machine = any_machine();
        world_.now += std::chrono::seconds(below(10));
        if (one_in(10)) SwarmWorld::restart_daemon(machine);
        else if (one_in(5)) world_.let_engines_work();
        else world_.advance(machine, one_in(4) ? Join::goes_on : Join::answers);
    }

    void deploy(Machine& machine) {
        switch (below(4)) {
        case 0: machine.desired = world_.document_with_tokens(managers_); break;
        case 1: take_tokens_away(machine); break;
        default: machine.desired = newest();
        }
        machine.planned.reset();
    }

    /// Settings from before the tokens return. The first machine, if it remembers nothing, can then rely on
    /// nothing but managers that answer.
    void take_tokens_away(Machine& machine) {
        const bool remembers = machine.on_disk != SwarmRecord{};
        if (&machine == &first() && !remembers && !world_.is_answered(machine, managers_)) return;
        machine.desired = world_.document(managers_);
    }
    bool relies_on_answers() {
        return first().on_disk == SwarmRecord{} && first().desired.access.worker_token == Secret();
    }

    /// Through another manager that the newest document names.
    bool can_join_again(const Machine& machine) const {
        return std::any_of(world_.machines.begin(), world_.machines.end(), [&](const Machine& other) {
            return &other != &machine && is_listed_at_last(other) && world_.is_manager(other);
        });
    }

    void break_something(Machine& machine) {
        if (relies_on_answers()) return;
        if (one_in(3)) machine.is_cut = !machine.is_cut;
        else if (!world_.can_be_lost(machine) || !can_join_again(machine)) return;
        else if (one_in(3)) SwarmWorld::wipe_engine(machine);
        else {
            SwarmWorld::reimage(machine);
            machine.desired = newest();
            if (one_in(3)) take_tokens_away(machine);
        }
    }

    /// Without new trouble, until the daemons have nothing left to do for a while: a join that goes on may
    /// end after a minute.
    void settle() {
        constexpr unsigned quiet_rounds = 20, most_rounds = 2000;
        unsigned calls = world_.calls();
        for (unsigned quiet = 0, round = 0; quiet < quiet_rounds && round < most_rounds; ++quiet, ++round) {
            for (Machine& machine : world_.machines) world_.advance(machine);
            world_.let_engines_work();
            world_.now += std::chrono::seconds(5);
            if (std::exchange(calls, world_.calls()) != world_.calls()) quiet = 0;
        }
    }

    void check_member(const Machine& machine) {
        EXPECT_EQ(machine.state, LocalNodeState::active) << machine.address;
        EXPECT_EQ(world_.is_manager(machine), is_listed_at_last(machine)) << machine.address;
        EXPECT_EQ(machine.on_disk.node, machine.node);
        EXPECT_EQ(machine.on_disk.doing, SwarmRecord::Doing::nothing);
        EXPECT_TRUE(machine.on_disk.had_tokens);
        if (!machine.planned) return;
        for (const PartStatus& part : machine.planned->parts)
            EXPECT_EQ(part.state, PartState::ok)
                << machine.address << ": " << part.name << ": " << part.message;
    }

    std::mt19937 random_;
    std::size_t managers_;
    SwarmWorld world_;
};

TEST(SwarmRace, FormsOneSwarmAndOnlyOne) {
    for (unsigned seed = 0; seed < races; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Race race(seed);
        race.found();
        if (!HasFailure()) race.join_in_trouble();
        if (!HasFailure()) race.end();
        if (!HasFailure()) race.leave_and_return();
        if (HasFailure()) return;
    }
}

}  // namespace
}  // namespace dockerext::test
