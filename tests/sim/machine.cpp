#include "machine.hpp"

#include "clock_watchers.hpp"

namespace dockerext::sim {
namespace {

using namespace std::chrono_literals;

constexpr Duration longest_restart = 5s;  ///< restart of the daemon by its service manager
constexpr Duration longest_reboot = 40s;  ///< until the engine answers
constexpr Duration settling = 15s;        ///< a daemon that has just started knows nothing yet

const char* version_of(std::uint64_t seed) { return Random(seed).one_in(2) ? "20.10.24" : "26.1.5"; }

}  // namespace

Machine::Machine(std::uint64_t seed, const std::filesystem::path& root)
    : schedule(seed),
      disk(Process::state_folder(root)),
      engine(version_of(seed)),
      wire(engine, [this] { return disk.dead(); }),
      process(root, disk) {
    wire.root = root.native();
    process.start();
    disturb(settling);
}

void Machine::run_until(SteadyTime end) {
    for (bool more = true; more;) {
        process.work();
        if (process.has_ended()) on_daemon_exit();
        more = schedule.advance(end);
    }
    process.work();
}

/// Handles the end of the daemon's process: the service manager starts it again, unless it failed by itself.
void Machine::on_daemon_exit() {
    process.kill();
    disk.restore_after_kill();
    if (!process.failure().empty() && !disk.failing()) {
        failure = process.failure();
        return;
    }
    ++kills;
    trace("the daemon is gone");
    disturb(settling);
    schedule.after(schedule.random.up_to(longest_restart), [this] {
        if (process.running()) return;
        trace("the daemon starts");
        process.start();
        reset_backoff();
        disturb(settling);
    });
}

void Machine::kill_daemon() {
    if (process.running()) on_daemon_exit();
}

void Machine::cut_power() {
    const bool running = process.running();
    exit_events_may_be_lost = true;
    process.kill();
    disk.restore_after_power_cut(schedule.random);
    engine.restart(schedule.random.between(5s, longest_reboot), Engine::Outage::power_cut);
    disturb(longest_reboot + settling);
    if (running) on_daemon_exit();
}

void Machine::set_clock(WallTime::duration by) {
    schedule.set_clock(by);
    ClockWatchers::notify_all();
    disturb(settling);
}

void Machine::call_as_foreign_client(const std::string& method, const std::string& target,
                                     const std::string& body) {
    if (!engine.up()) return;
    foreign_calls.note(schedule.now());
    trace("stranger: " + method + " " + target);
    HttpRequest request{method, target, body, {}};
    engine.perform(request, Engine::Caller::foreign_client, {}, {});
}

void Machine::disturb(Duration duration) {
    undisturbed_since_ = std::max(undisturbed_since_, schedule.now() + duration);
}

void Machine::trace(const std::string& what) const {
    if (traces) traces(what);
}

}  // namespace dockerext::sim
