#pragma once

#include "base/error.hpp"
#include "shim/command_context.hpp"

#include <string_view>

namespace dockerext::shim {

// The commands of the manifest. The agent may run each at any time and any number of times. Each returns in
// well under a second, except `disable` and `uninstall`, which wait for the daemon to end.

/// Installs the daemon's files. Does not touch a running daemon; `enable` does that.
Result<> install(const CommandContext& context);
/// Submits the settings to the spool, and makes sure that the daemon is installed, up to date and running.
/// The status file is correct afterwards, even if this fails.
Result<> enable(const CommandContext& context);
/// Stops the daemon and disables its unit. The engine and its containers keep running.
Result<> disable(const CommandContext& context);
/// Marks the next `uninstall` as part of an update.
Result<> update(const CommandContext& context);
/// Removes everything that belongs to dockerextd. Removes parts of the engine only if the settings ask for
/// it; if that fails, nothing is removed, so that the agent can try again. Removes nothing within an update.
Result<> uninstall(const CommandContext& context);

// The commands that systemd runs.

/// Runs after the daemon has reached systemd's start limit: the status says that it keeps failing, and why.
Result<> failed(const CommandContext& context);
/// Repeats a failed `enable`. systemd schedules further attempts.
Result<> enable_again(const CommandContext& context);

/// Runs the command of that name under the lock and prints a failure as one line for the agent. Returns the
/// exit code: 0, 1, 2 (no such command), or 51 if this machine has no systemd (Azure: unsupported system).
int run(std::string_view command, const CommandContext& context);

}  // namespace dockerext::shim
