#pragma once

#include "base/error.hpp"
#include "shim/command_context.hpp"

#include <cstdint>

namespace dockerext::shim {

/// Makes systemd retry a failed `enable`, at once and then every 30 s, until it succeeds or the handler's
/// folder is removed. The agent itself retries only with its next goal state, while a full disk or a lock may
/// be free much sooner. Needs no disk space itself.
Result<> schedule_enable_retries(const CommandContext& context, std::int64_t sequence);

/// Stops the retries, because the agent runs another command.
void cancel_enable_retries(const Layout& layout);

}  // namespace dockerext::shim
