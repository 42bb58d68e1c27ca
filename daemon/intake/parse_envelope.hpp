#pragma once

#include "base/problem.hpp"
#include "compose/load.hpp"
#include "model/host.hpp"
#include "model/settings.hpp"
#include "model/status.hpp"
#include "settings/settings_parser.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace dockerext::intake {

/// Settings that were accepted: what they ask for.
struct AcceptedSettings {
    model::Desired desired;
    model::EngineDesired engine;
    model::MetricsSettings metrics;
    std::optional<model::SwarmDesired> swarm;
    std::optional<model::Stack> stack;  ///< `desired` has no services then
    std::vector<std::string> warnings;
    std::string fingerprint;  ///< equal if and only if the documents are equal
};

/// What they ask of stacks. Settings without services, or without a swarm, do not ask to remove one.
inline model::StackDesired stack_of(const AcceptedSettings& accepted) {
    return {.stack = accepted.stack, .leaves = accepted.swarm && !accepted.desired.project.services.empty()};
}

/// Accepted if and only if there is no problem.
struct IntakeResult {
    std::optional<AcceptedSettings> accepted;
    std::vector<Problem> problems;
};

/// Reads a regular file of this machine of at most 1 MiB, as described in base/named_file.hpp.
Result<std::string> read_file(const std::string& path);

/// Checks both documents of an envelope, including the Compose model, and turns them into the desired state.
/// Relative paths in the model are relative to `project_directory`; `settings_file` is named in the label
/// project.config_files. Pure, except that `files` reads the files that the
/// model names (env_file, …).
IntakeResult parse_envelope(const model::Envelope& envelope, const std::filesystem::path& project_directory,
                            const std::filesystem::path& settings_file, settings::Checks checks,
                            const compose::ReadFile& files = read_file);

}  // namespace dockerext::intake
