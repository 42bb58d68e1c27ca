#pragma once

#include "base/error.hpp"
#include "model/host.hpp"
#include "model/plan.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace dockerext::plan {

/// The files to write so that the engine's configuration matches the settings, and what dockerd must do to
/// apply them. There are no files when it matches already.
struct EngineConfiguration {
    std::vector<model::FileChange> files;
    std::vector<model::Change> changes;
    model::ChangeEngine::Effect effect = model::ChangeEngine::Effect::none;
    bool units_changed = false;
    model::Ownership owned;  ///< what the daemon owns once the files are written
};

enum class Loaded { no, yes };

/// What is known of the dockerd that runs.
struct RunningEngine {
    std::string_view version;  ///< "" when it does not answer
    /// Whether it has loaded what the settings ask for; then only its files differ.
    Loaded desired = Loaded::no;
};

/// Plans options, port, certificates and keys of daemon.json for this machine. An error says why the
/// configuration is not possible; nothing may be changed then.
Result<EngineConfiguration> engine_configuration(const model::EngineDesired& desired,
                                                 const model::ObservedHost& observed,
                                                 const model::Ownership& owned, RunningEngine running);

/// Whether the settings ask for any engine configuration.
bool has_engine_settings(const model::EngineDesired& desired);

/// A fingerprint of all the engine configuration that the settings ask for; it reveals none of the values.
std::string configuration_fingerprint(const model::EngineDesired& desired);

}  // namespace dockerext::plan
