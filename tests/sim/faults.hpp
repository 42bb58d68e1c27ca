#pragma once

#include "machine.hpp"
#include "operator.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace dockerext::sim {

/// What goes wrong, and when. Each fault has a seed of its own, so that leaving one out leaves the others as
/// they are.
class Faults {
public:
    Faults(Machine& machine, Operator& people, std::uint64_t seed);

    /// Some of them between now and then.
    void plan(Duration length, unsigned count);
    /// Everybody goes home: no fault lasts, and strangers take their things along.
    void stop();

    /// The numbers of those that are not to happen.
    std::set<std::uint64_t> left_out;
    std::map<std::string, std::uint64_t> counts;  ///< of those that happened, by name
    std::vector<std::string> happened;            ///< in order, for people
    std::uint64_t last_number = 0;

    // For the table of faults.
    Machine& machine;
    Operator& people;
    /// A container of ours, living or not; null when there is none.
    Container* ours(Random& random, bool alive);
    Network* our_network(Random& random);
    void visit(const std::string& name, const std::string& networks);
    /// Goes on until the storm ends.
    void again_and_again(Duration least, Duration most, Random random, std::function<void(Random&)> act);
    Document before;  ///< settings of before the last change, to go back to

private:
    void send_home();
    void strike(std::uint64_t number, std::uint64_t seed);

    Random random_;
    std::uint64_t storm_ = 0;
    bool calm_ = true;
};

}  // namespace dockerext::sim
