#include "systemd/notify.hpp"

#include "base/clock.hpp"
#include "base/disk_sync.hpp"
#include "base/log.hpp"

#include <systemd/sd-daemon.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>

namespace dockerext::systemd {
namespace {

// Ignores a failure, because nothing can be done about it.
void send_state(const std::string& state) { (void)sd_notify(0, state.c_str()); }

}  // namespace

void notify_ready() { send_state("READY=1"); }

void notify_reloading() {
    using namespace std::chrono;
    const auto now = steady_now().time_since_epoch();  // CLOCK_MONOTONIC, as sd_notify(3) requires
    send_state("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(duration_cast<microseconds>(now).count()));
}

void notify_stopping() { send_state("STOPPING=1"); }

void notify_extend_timeout(Duration duration) {
    using std::chrono::microseconds;
    send_state("EXTEND_TIMEOUT_USEC=" +
               std::to_string(std::chrono::duration_cast<microseconds>(duration).count()));
}

void notify_status(std::string_view line) {
    std::string state = "STATUS=" + std::string(line);
    // sd_notify takes each line as a separate assignment.
    std::replace_if(
        state.begin(), state.end(), [](char c) { return c == '\n' || c == '\0'; }, ' ');
    send_state(state);
}

void notify_before_each_sync() {
    set_sync_callback([] { send_state("WATCHDOG=1\nEXTEND_TIMEOUT_USEC=60000000"); });
}

Task<void> feed_watchdog(std::function<bool(Duration)> is_overdue) {
    std::uint64_t interval = 0;  // microseconds
    if (sd_watchdog_enabled(0, &interval) <= 0) co_return;
    const std::chrono::microseconds timeout(interval);
    bool was_overdue = false;
    for (bool running = true; running;) {
        const bool overdue = is_overdue(timeout / 2);
        if (!overdue) send_state("WATCHDOG=1");
        else if (!was_overdue) log::error("the daemon is stuck; systemd will restart it", {});
        was_overdue = overdue;
        running = co_await sleep_for(timeout / 4);
    }
}

}  // namespace dockerext::systemd
