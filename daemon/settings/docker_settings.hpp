#pragma once

#include "model/settings.hpp"
#include "settings/engine_options.hpp"

#include <optional>

namespace dockerext::settings {

/// The member `docker`, and what checks that go beyond it need to know.
struct DockerPart {
    model::DockerSettings settings;
    EngineOptions options;
    std::optional<JsonCursor> config;  ///< lives no longer than the document
};

DockerPart read_docker(const JsonCursor& docker, Problems& problems);

}  // namespace dockerext::settings
