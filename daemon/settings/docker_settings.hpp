#pragma once

#include "base/json_cursor.hpp"
#include "base/problem.hpp"
#include "dockerd/command_line.hpp"
#include "model/settings.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext::settings {

/// A flag as written in docker.options.
struct EngineOption {
    dockerd::GivenFlag flag;
    std::string pointer;  ///< of the item that contains it
};

struct EngineOptions {
    std::vector<std::string> arguments;  ///< for dockerd's command line, one argument each
    std::vector<EngineOption> flags;
};

/// The member `docker`, and what other checks need to know about it.
struct DockerPart {
    model::DockerSettings settings;
    EngineOptions options;
    std::optional<JsonCursor> config;  ///< must not outlive the document
};

DockerPart read_docker(const JsonCursor& docker, Problems& problems);

/// A key of docker.config.
std::optional<JsonCursor> config_member(const DockerPart& docker, std::string_view key);

/// Refuses options and values that no dockerd takes (dockerd/option_values.hpp). For new settings only: an
/// engine that runs with accepted ones is right about them.
void check_option_values(const DockerPart& docker, Problems& problems);

}  // namespace dockerext::settings
