#pragma once

#include "base/problem.hpp"
#include "model/settings.hpp"

#include <functional>
#include <string>
#include <vector>

namespace dockerext::cli {

/// What a person asked for with `dockerextd run`.
struct RunOptions {
    std::string root = "/";
    std::string docker_host = "unix:///run/docker.sock";
    bool verbose = false;
};

/// What became of the engine.
struct EngineRemoval {
    std::vector<std::string> done;  ///< "remove docker.io"
    std::string kept;               ///< why nothing was done
};

/// A Compose file as an operator has it.
struct ComposeFile {
    std::string text;
    std::string variables;  ///< the text of the .env beside it; "" when there is none
};

/// Settings made of a Compose file.
struct MadeSettings {
    std::string settings;
    std::vector<std::string> warnings;
};

/// What the commands need of rooms that the cli does not know; main.cpp hands it in.
struct Services {
    std::function<int(const RunOptions&)> run;
    /// All problems of both documents, Compose model included; warnings go to the second list.
    std::function<std::pair<std::vector<Problem>, std::vector<std::string>>(const model::Envelope&,
                                                                            const std::string& root)>
        validate;
    std::function<bool(const std::string& text)> is_compose_file;
    /// The public settings that a Compose file makes.
    std::function<Result<MadeSettings>(const ComposeFile&, const std::string& root)> settings_around;
    /// The same with what the file says as JSON.
    std::function<Result<MadeSettings>(const ComposeFile&, const std::string& root)> import_settings;
    std::function<Result<>(const model::Envelope&, const std::string& root)> spool;
    std::function<std::string(const std::string& root)> control_socket;
    std::function<Result<EngineRemoval>(const std::string& root, const std::string& docker_host)>
        remove_engine;
};

/// Exit codes (design: operators).
enum class Exit { fine = 0, failed = 1, usage = 2, pending = 3, unreachable = 4 };

/// Parses the command line and does what it says.
int main(int argc, char** argv, const Services& services);  // NOLINT(bugprone-exception-escape): not ::main

}  // namespace dockerext::cli
