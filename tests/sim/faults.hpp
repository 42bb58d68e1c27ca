#pragma once

#include "machine.hpp"
#include "operator.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace dockerext::sim {

/// Decides which faults happen, and when. Each fault has a seed of its own, so that leaving one out does not
/// change the others.
class Faults {
public:
    Faults(Machine& on, Operator& with, std::uint64_t seed);

    /// Schedules up to `count` faults within the next `length`.
    void plan(Duration length, unsigned count);
    /// Ends all faults; strangers remove their objects.
    void stop();

    /// The numbers of faults to leave out.
    std::set<std::uint64_t> left_out;
    std::map<std::string, std::uint64_t> counts;  ///< how often each fault happened, by name
    std::vector<std::string> fault_log;           ///< the faults in order, as text for people
    std::uint64_t last_number = 0;

    // For the table of faults.
    Machine& machine;
    Operator& people;
    /// A random container of the daemon, with `alive` a running one; null if there is none.
    Container* random_own_container(Random& random, bool alive);
    Network* random_own_network(Random& random);
    void start_foreign_container(const std::string& name, const std::string& networks);
    /// Repeats `act`, with random pauses, until the storm ends.
    void repeat(Duration least, Duration most, Random random, std::function<void(Random&)> act);
    Document before;  ///< settings before the last change, for rolling back

private:
    void remove_foreign_containers();
    void inject(std::uint64_t number, std::uint64_t seed);

    Random random_;
    std::uint64_t storm_ = 0;
    bool calm_ = true;
};

}  // namespace dockerext::sim
