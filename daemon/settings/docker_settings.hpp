#pragma once

#include "model/settings.hpp"
#include "settings/engine_options.hpp"

#include <optional>

namespace dockerext::settings {

/// The member `docker`, and what other checks need to know about it.
struct DockerPart {
    model::DockerSettings settings;
    EngineOptions options;
    std::optional<JsonCursor> config;  ///< must not outlive the document
};

DockerPart read_docker(const JsonCursor& docker, Problems& problems);

}  // namespace dockerext::settings
