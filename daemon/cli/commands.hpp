#pragma once

#include "intake/compose_file.hpp"
#include "intake/validate.hpp"
#include "model/engine_removal.hpp"
#include "model/settings.hpp"

#include <filesystem>
#include <functional>
#include <string>

namespace dockerext::cli {

/// What the commands do without a daemon. main.cpp fills in functions of other rooms.
struct Services {
    /// Runs the daemon until it receives a signal to end.
    std::function<Result<>(const std::filesystem::path& root, const std::string& docker_host)> run;
    std::function<intake::Validation(const model::Envelope&, const std::filesystem::path& root)> validate;
    std::function<bool(const std::string& text)> is_compose_file;
    /// Makes public settings that contain the text of a Compose file.
    std::function<Result<intake::MadeSettings>(const intake::ComposeFile&, const std::filesystem::path& root)>
        settings_around;
    /// As `settings_around`, but with the file's model as JSON.
    std::function<Result<intake::MadeSettings>(const intake::ComposeFile&, const std::filesystem::path& root)>
        import_settings;
    /// Submits settings to the daemon through its spool.
    std::function<Result<>(const std::filesystem::path& spool, const model::Envelope&)> spool;
    std::function<Result<model::EngineRemoval>(const std::filesystem::path& root,
                                               const std::string& docker_host)>
        remove_engine;
};

/// Exit codes. `pending`: not converged, or a plan has changes. `unreachable`: no answer from the daemon.
enum class Exit { fine = 0, failed = 1, usage = 2, pending = 3, unreachable = 4 };

/// Parses the command line and runs the command.
int main(int argc, char** argv, const Services& services);  // NOLINT(bugprone-exception-escape): not ::main

}  // namespace dockerext::cli
