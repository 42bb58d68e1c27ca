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

    /// Kills the daemon; its service manager starts it again.
    void kill_daemon();
    /// Cuts the power and boots again: synced data survives, and no container runs.
    void cut_power();
    void set_clock(WallTime::duration by);

    /// Notes that earlier failures no longer count from now on: after new settings, an operator's request, a
    /// restart of the daemon or of the engine.
    void begin_afresh() { beginnings.note(schedule.now()); }
    /// Makes a stranger's call of the engine.
    void strange(const std::string& method, const std::string& target, const std::string& body = "");

    /// Since when the daemon could know the whole state: it runs, the engine answers, no event was lost.
    SteadyTime clear_since() const { return clear_since_; }
    /// Notes that the daemon cannot know the whole state from now on, for this long.
    void disturb(Duration how_long = {});

    void trace(const std::string& what) const;
    std::function<void(const std::string&)> traces;

    Schedule schedule;
    Disk disk;
    Engine engine;
    Wire wire;
    Process process;
    std::uint64_t kills = 0;
    std::string failure;                 ///< why the daemon ended by itself, without an external cause
    Recent beginnings, meddlings;        ///< calls of `begin_afresh`; strangers' calls
    bool endings_may_be_missed = false;  ///< events that say who ended a container may be lost

private:
    void daemon_is_gone();

    SteadyTime clear_since_{};
};

}  // namespace dockerext::sim
