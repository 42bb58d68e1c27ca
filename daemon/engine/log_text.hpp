#pragma once

#include <string>
#include <string_view>

namespace dockerext::engine {

/// The body of GET /containers/{id}/logs as text, valid UTF-8: both streams in their order, without the
/// frames in which they come unless the container has a terminal (Engine API: ContainerAttach, "Stream
/// format").
std::string log_text(std::string_view body);

}  // namespace dockerext::engine
