#pragma once

#include "base/error.hpp"
#include "shim/command_context.hpp"

#include <cstdint>

namespace dockerext::shim {

/// The agent does not run an `enable` again that has failed before it has something else to do. So systemd
/// does, at once and every half minute, until it succeeds or the handler's folder goes: a full disk gets
/// room, a lock free. Needs no room itself.
Result<> enable_later(const CommandContext& context, std::int64_t sequence);

/// The agent is back with another command.
void call_off_enable(const Places& places);

}  // namespace dockerext::shim
