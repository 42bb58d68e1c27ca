#pragma once

#include "base/problem.hpp"
#include "compose/load.hpp"
#include "model/host.hpp"
#include "model/status.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace dockerext::intake {

/// Settings understood: what they ask for, and what of it this version does not apply.
struct Accepted {
    model::Desired desired;
    model::EngineDesired engine;
    std::vector<model::PartStatus> parts;
    std::vector<std::string> warnings;
    std::string fingerprint;  ///< the same exactly for the same documents
};

/// Accepted exactly when there is no problem.
struct Intake {
    std::optional<Accepted> accepted;
    std::vector<Problem> problems;
};

/// A regular file of this machine, of at most 1 MiB, as base/named_file.hpp finds it.
Result<std::string> read_file(const std::string& path);

/// Both documents of an envelope, the Compose model included, checked and made into the desired state.
/// `project_directory` is what relative paths of the model are relative to; `settings_file` is named in the
/// label project.config_files. `now` is for settings that are new, none for those that were accepted before:
/// their certificates may have expired since. Pure, but for the files that the model names (env_file, …):
/// `files`.
Intake take_in(const model::Envelope& envelope, const std::filesystem::path& project_directory,
               const std::filesystem::path& settings_file, std::optional<model::WallTime> now,
               const compose::ReadFile& files = read_file);

}  // namespace dockerext::intake
