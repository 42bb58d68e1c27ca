#pragma once

#include "faults.hpp"
#include "machine.hpp"
#include "operator.hpp"

#include <optional>
#include <string>
#include <vector>

namespace dockerext::sim {

/// The parts of a status answer that promises are checked against.
struct ReportedStatus {
    struct Service {
        std::string name, state, reason;
        std::vector<std::string> running;  ///< ids of the containers that are reported as running
    };
    std::string state;
    std::vector<Service> services;
    std::string complaints;  ///< for people
    bool frozen = false;     ///< stays at earlier settings after failed rollouts
};
ReportedStatus parse_status(const std::string& status);

/// Checks the daemon's promises. Keeps the first broken promise.
class Promises {
public:
    Promises(Machine& machine, const Operator& people) : machine_(machine), people_(people) {}

    // Hold at any time.
    void check_always();
    /// Checks that a status just received is true.
    void check_status(const ReportedStatus& reported);
    // Hold once the machine has converged.
    void check_converged();
    /// Checks that the daemon made no more calls than the full checks of that time need.
    void check_idle(std::uint64_t calls, Duration lasted);

    void found(const std::string& what);
    const std::string& broken() const { return broken_; }
    std::uint64_t removed_images = 0;  ///< by the daemon

private:
    std::size_t check_service(const model::Service& service, const model::Project& project);
    void check_container(const Container& container, const model::Service& service);
    void check_resources(const model::Project& project);
    bool has_been_dead_for_long(const std::string& id) const;
    void check_starts();
    void check_order();
    void check_removed_images();
    void check_rate();
    const Container* container_in_slot(const model::Project& project, const model::Service& service,
                                       unsigned number);

    Machine& machine_;
    const Operator& people_;
    std::string broken_;
    std::uint64_t calls_at_window_start_ = 0;
    SteadyTime rate_window_start_{};
};

}  // namespace dockerext::sim
