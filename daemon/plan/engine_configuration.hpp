#pragma once

#include "base/error.hpp"
#include "model/host.hpp"
#include "model/plan.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace dockerext::plan {

/// What is to be written so that the engine's configuration is as the settings say, and what dockerd must do
/// for it; no files where it is so already.
struct EngineConfiguration {
    std::vector<model::FileChange> files;
    std::vector<model::Change> changes;
    model::ChangeEngine::Effect effect = model::ChangeEngine::Effect::none;
    bool units_changed = false;
    model::Ownership owned;  ///< afterwards
};

/// Options, port, certificates and keys of daemon.json, on this machine. `engine_version` is "" when the
/// engine does not answer. An error tells why it cannot be had; nothing is to be touched then.
Result<EngineConfiguration> engine_configuration(const model::EngineDesired& desired,
                                                 const model::ObservedHost& observed,
                                                 const model::Ownership& owned,
                                                 std::string_view engine_version);

/// Whether the settings say anything about it.
bool asks_for_configuration(const model::EngineDesired& desired);

/// Of all that they say; tells nothing of it.
std::string configuration_fingerprint(const model::EngineDesired& desired);

}  // namespace dockerext::plan
