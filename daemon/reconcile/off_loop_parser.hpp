#pragma once

#include "base/task.hpp"
#include "intake/parse_envelope.hpp"
#include "model/settings.hpp"

#include <filesystem>

namespace dockerext::reconcile {

/// Parses settings on a thread of its own, off the event loop: they may name files on slow disks, and may be
/// large.
class OffLoopParser {
public:
    /// As in intake::parse_envelope.
    OffLoopParser(std::filesystem::path project_directory, std::filesystem::path settings_file)
        : project_directory_(std::move(project_directory)), settings_file_(std::move(settings_file)) {}

    /// An exception is reported as a problem of the settings. `cancelled`, or `unavailable` if no thread can
    /// be created.
    Task<Result<intake::IntakeResult>> parse(model::Envelope envelope, settings::Checks checks) const;

private:
    std::filesystem::path project_directory_, settings_file_;
};

}  // namespace dockerext::reconcile
