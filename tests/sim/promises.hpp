#pragma once

#include "faults.hpp"
#include "machine.hpp"
#include "operator.hpp"

#include <optional>
#include <string>
#include <vector>

namespace dockerext::sim {

/// What `status` says, as far as promises are made about it.
struct Told {
    struct Service {
        std::string name, state, reason;
        std::vector<std::string> running;  ///< ids of the containers that it calls running
    };
    std::string state;
    std::vector<Service> services;
    std::string complaints;  ///< for people
    bool frozen = false;     ///< held at former settings after failed rollouts
};
Told told_in(const std::string& status);

/// What the daemon has promised, and whether it is so. The first promise that is found broken is kept.
class Promises {
public:
    Promises(Machine& machine, const Operator& people) : machine_(machine), people_(people) {}

    // At any time.
    void check_always();
    /// What status has just said was true.
    void check_told(const Told& told);
    // Once all is well again.
    void check_converged();
    /// No more calls than the full checks of that time take.
    void check_rest(std::uint64_t calls, Duration lasted);

    void found(const std::string& what);
    const std::string& broken() const { return broken_; }

private:
    std::size_t check_service(const model::Service& service, const model::Project& project);
    void check_container(const Container& container, const model::Service& service);
    void check_resources(const model::Project& project);
    bool is_long_dead(const std::string& id) const;
    void check_starts();
    void check_rate();
    const Container* of_slot(const model::Project& project, const model::Service& service, unsigned number);

    Machine& machine_;
    const Operator& people_;
    std::string broken_;
    std::uint64_t calls_then_ = 0;
    SteadyTime then_{};
};

}  // namespace dockerext::sim
