#pragma once

#include "plan/daemon_json.hpp"
#include "plan/engine_unit.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext::plan {

/// What of flags and daemon.json keeps dockerd from starting, or us from reaching it; for people, each with
/// both places and the remedy. `daemon_json` is the file as it is to be ("" for none), `wanted` what
/// docker.config has in it; all its other keys are somebody else's.
std::vector<std::string> engine_conflicts(std::span<const FlagSource> flags, std::string_view daemon_json,
                                          const JsonKeys& wanted);

}  // namespace dockerext::plan
