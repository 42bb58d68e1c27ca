#pragma once

#include "base/task.hpp"
#include "systemd/unit_facts.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <string>
#include <vector>

namespace dockerext::systemd {

/// systemd as the service manager, over the system bus. Every call has a deadline and is `unavailable` while
/// there is no bus or no systemd on it. Lives as long as the calls made on it.
class Systemd {
public:
    /// Changes of `watched` units are told by `changed`.
    Systemd(const asio::any_io_executor& executor, std::vector<std::string> watched);
    Systemd(Systemd&&) = delete;
    ~Systemd();

    /// Keeps the connection: makes it, and makes it again when it breaks, until cancelled. Calls made before
    /// its first attempt wait for it.
    Task<void> run();

    /// Until a watched unit has changed its state or its files since the last call; several changes are one.
    /// Also when the connection was made or lost, as anything may have happened meanwhile. For one listener.
    Task<Result<>> changed();

    Task<Result<UnitFacts>> unit(std::string name);

    // Until the job has ended. One that failed is an error that holds the unit's result; its kind is
    // `not_found` (no such unit), `conflict` (masked, or somebody else's job took its place), `timeout` (the
    // job's or the limit), else `unavailable`.
    Task<Result<>> start(std::string name, Duration limit);
    Task<Result<>> stop(std::string name, Duration limit);
    Task<Result<>> restart(std::string name, Duration limit);
    Task<Result<>> reload(std::string name, Duration limit);

    /// Forgets that the unit has failed, and how often it was started.
    Task<Result<>> reset_failed(std::string name);
    /// As `systemctl enable`: from the next boot on.
    Task<Result<>> enable(std::string name);
    /// Has all unit files read anew.
    Task<Result<>> daemon_reload();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace dockerext::systemd
