#pragma once

#include "base/task.hpp"
#include "systemd/unit_facts.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <string>
#include <vector>

namespace dockerext::systemd {

/// Client of systemd's service manager over the system bus. Every call has a deadline and fails with
/// `unavailable` while the bus or systemd is not reachable. Must outlive the calls made on it.
class Systemd {
public:
    /// `changed` reports changes of the `watched` units.
    Systemd(const asio::any_io_executor& executor, std::vector<std::string> watched);
    Systemd(Systemd&&) = delete;
    ~Systemd();

    /// Connects, and reconnects when the connection breaks, until cancelled. Calls made before the first
    /// attempt to connect wait for it.
    Task<void> run();

    /// Waits until a watched unit has changed its state or its files since the last call; several changes
    /// count as one. A connection made or lost also counts as a change, because changes may have been missed.
    /// For one listener.
    Task<Result<>> changed();

    Task<Result<UnitFacts>> unit(std::string name);

    // Each waits until the job has ended. A failed job is an error that names the unit's result. Its kind is
    // `not_found` (no such unit), `conflict` (masked, or another client's job replaced it), `timeout` (of the
    // job, or `limit`), else `unavailable`.
    Task<Result<>> start(std::string name, Duration limit);
    Task<Result<>> stop(std::string name, Duration limit);
    Task<Result<>> restart(std::string name, Duration limit);
    Task<Result<>> reload(std::string name, Duration limit);

    /// Resets the unit's failed state and its start counter.
    Task<Result<>> reset_failed(std::string name);
    /// As `systemctl enable`: starts the unit at boot, but not now.
    Task<Result<>> enable(std::string name);
    /// Makes systemd reload all unit files.
    Task<Result<>> daemon_reload();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace dockerext::systemd
