#pragma once

#include "base/bound_port.hpp"
#include "base/error.hpp"
#include "base/task.hpp"
#include "engine/client.hpp"

#include <optional>
#include <string_view>

namespace dockerext::apply {

/// The port that the engine could not publish because it is taken; nullopt for any other message.
std::optional<Port> taken_port(std::string_view message);

/// Adds to an error about a taken port who holds it: a container or a process. Any other error stays as it
/// is.
Task<Error> with_port_holder(engine::Client& client, Error error);

}  // namespace dockerext::apply
