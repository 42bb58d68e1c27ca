#pragma once

#include "base/error.hpp"
#include "shim/command_context.hpp"

#include <string_view>

namespace dockerext::shim {

// The commands of the manifest. Each may come at any time and any number of times; each returns in well under
// a second, but for `disable` and `uninstall`, which wait for the daemon's end.

/// Puts the daemon's files in their places. What runs is left to `enable`.
Result<> install(const CommandContext& context);
/// The settings into the spool, and the daemon installed, up to date and running. The status is true
/// afterwards, also when this fails.
Result<> enable(const CommandContext& context);
/// The daemon stops and stays stopped; the engine and its containers run on.
Result<> disable(const CommandContext& context);
/// Says that the next `uninstall` is part of an update.
Result<> update(const CommandContext& context);
/// Everything of ours goes, and nothing of the engine's but what the settings ask for: when that fails,
/// everything stays for another try. Within an update nothing at all.
Result<> uninstall(const CommandContext& context);

// The commands of systemd.

/// After a start limit: the status says that the daemon does not stay up, and why.
Result<> failed(const CommandContext& context);
/// An `enable` that has failed once more, by itself.
Result<> enable_again(const CommandContext& context);

/// Runs the command of that name under the lock, and tells the agent in one line how it ended: 0, 1, 2 for no
/// such command, or 51 when this machine has no systemd (an unsupported system, as Azure reads it).
int run(std::string_view command, const CommandContext& context);

}  // namespace dockerext::shim
