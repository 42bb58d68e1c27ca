#pragma once

#include "disk.hpp"
#include "docker/engine.hpp"
#include "process.hpp"
#include "recent.hpp"
#include "schedule.hpp"
#include "wire.hpp"

#include <filesystem>
#include <functional>
#include <string>

namespace dockerext::sim {

/// A machine with an engine, a disk and the daemon, in virtual time.
class Machine {
public:
    Machine(std::uint64_t seed, const std::filesystem::path& root);

    void run_until(SteadyTime end);
    void run_for(Duration duration) { run_until(schedule.now() + duration); }

    /// The daemon is killed, and started again by its service manager.
    void kill_daemon();
    /// The power goes and comes again: of the disk what was synced is left, of the containers none.
    void cut_power();
    void set_clock(WallTime::duration by);

    /// From now on what had failed before counts no more: other settings, an order, another process, an
    /// engine that is back.
    void begin_afresh() { beginnings.note(schedule.now()); }
    /// A stranger's call of the engine.
    void strange(const std::string& method, const std::string& target, const std::string& body = "");

    /// Since when the daemon could have known everything: it runs, the engine answers, no event was lost.
    SteadyTime clear_since() const { return clear_since_; }
    /// From now on for so long it cannot.
    void disturb(Duration how_long = {});

    void trace(const std::string& what) const;
    std::function<void(const std::string&)> traces;

    Schedule schedule;
    Disk disk;
    Engine engine;
    Wire wire;
    Process process;
    std::uint64_t kills = 0;
    std::string failure;  ///< why the daemon ended by itself, and without a reason that lies outside of it
    Recent beginnings, meddlings;        ///< the latter are strangers' calls
    bool endings_may_be_missed = false;  ///< events that tell who ended a container were lost for good

private:
    void daemon_is_gone();

    SteadyTime clear_since_{};
};

}  // namespace dockerext::sim
