#pragma once

#include "faults.hpp"
#include "machine.hpp"
#include "operator.hpp"
#include "options.hpp"
#include "promises.hpp"

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace dockerext::sim {

/// One simulated run, determined by its seed: storms of faults, each followed by a calm in which the machine
/// must converge.
class World {
public:
    World(const Options& options, const std::filesystem::path& root);

    /// Runs until a promise is broken, or for `Options::length`.
    void run();

    const std::string& broken() const { return promises_.broken(); }
    Duration lasted() const { return machine_.schedule.now() - begun_; }
    std::uint64_t digest() const { return machine_.wire.digest; }
    std::uint64_t calls() const { return machine_.wire.calls; }
    std::uint64_t kills() const { return machine_.kills; }
    std::uint64_t call_faults() const { return machine_.wire.faults; }
    const Faults& faults() const { return faults_; }

private:
    void storm();
    void calm();
    void poll_status();
    void poll_status_repeatedly();
    void repair_settings();
    void start_stopped_containers();
    bool await_convergence(Duration longest);
    void observe_idle();

    Options options_;
    Machine machine_;
    Operator people_;
    Promises promises_;
    Faults faults_;
    Random random_;
    SteadyTime begun_;
    ReportedStatus reported_;
};

}  // namespace dockerext::sim
