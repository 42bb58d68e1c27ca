#pragma once

#include "disk.hpp"
#include "docker/engine.hpp"
#include "process.hpp"
#include "recent_counter.hpp"
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
    void reset_backoff() { backoff_resets.note(schedule.now()); }
    /// Makes a stranger's call of the engine.
    void call_as_foreign_client(const std::string& method, const std::string& target,
                                const std::string& body = "");

    /// Since when the daemon could know the whole state: it runs, the engine answers, no event was lost.
    SteadyTime undisturbed_since() const { return undisturbed_since_; }
    /// Notes that the daemon cannot know the whole state from now on, for this long.
    void disturb(Duration duration = {});

    void trace(const std::string& what) const;
    std::function<void(const std::string&)> traces;

    Schedule schedule;
    Disk disk;
    Engine engine;
    Wire wire;
    Process process;
    std::uint64_t kills = 0;
    std::string failure;  ///< why the daemon ended by itself, without an external cause
    RecentCounter backoff_resets, foreign_calls;  ///< calls of `reset_backoff`; strangers' calls
    bool exit_events_may_be_lost = false;         ///< events that say who ended a container may be lost

private:
    void on_daemon_exit();

    SteadyTime undisturbed_since_{};
};

}  // namespace dockerext::sim
