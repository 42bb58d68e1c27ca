#pragma once

#include "intake/compose_file.hpp"
#include "intake/validate.hpp"
#include "model/engine_removal.hpp"
#include "model/settings.hpp"

#include <filesystem>
#include <functional>
#include <string>

namespace dockerext::cli {

/// What the commands do besides asking the daemon; main.cpp says which functions these are.
struct Services {
    /// Is the daemon, until it is told to end.
    std::function<Result<>(const std::filesystem::path& root, const std::string& docker_host)> run;
    std::function<intake::Validation(const model::Envelope&, const std::filesystem::path& root)> validate;
    std::function<bool(const std::string& text)> is_compose_file;
    /// The public settings that a Compose file makes.
    std::function<Result<intake::MadeSettings>(const intake::ComposeFile&, const std::filesystem::path& root)>
        settings_around;
    /// The same with what the file says as JSON.
    std::function<Result<intake::MadeSettings>(const intake::ComposeFile&, const std::filesystem::path& root)>
        import_settings;
    /// Hands settings to the daemon.
    std::function<Result<>(const std::filesystem::path& spool, const model::Envelope&)> spool;
    std::function<Result<model::EngineRemoval>(const std::filesystem::path& root,
                                               const std::string& docker_host)>
        remove_engine;
};

/// Exit codes (design: operators).
enum class Exit { fine = 0, failed = 1, usage = 2, pending = 3, unreachable = 4 };

/// Parses the command line and does what it says.
int main(int argc, char** argv, const Services& services);  // NOLINT(bugprone-exception-escape): not ::main

}  // namespace dockerext::cli
