#pragma once

#include "dockerd/daemon_json.hpp"
#include "dockerd/engine_unit.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext::dockerd {

/// The conflicts of flags and daemon.json that keep dockerd from starting, or this daemon from reaching it.
/// Each text names both places and the remedy. `daemon_json` is the desired content of the file ("" for no
/// file); `desired` holds the keys of docker.config. All other keys come from others.
std::vector<std::string> engine_conflicts(std::span<const FlagSource> flags, std::string_view daemon_json,
                                          const JsonKeys& desired);

}  // namespace dockerext::dockerd
