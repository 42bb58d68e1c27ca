#pragma once

#include <string_view>

/// The labels of Docker Compose v2 (compose-semantics: labels), which this daemon uses too.
namespace dockerext::model::labels {

inline constexpr std::string_view prefix = "com.docker.compose.";
inline constexpr std::string_view project = "com.docker.compose.project";
inline constexpr std::string_view service = "com.docker.compose.service";
inline constexpr std::string_view number = "com.docker.compose.container-number";
inline constexpr std::string_view oneoff = "com.docker.compose.oneoff";
inline constexpr std::string_view config_hash = "com.docker.compose.config-hash";
inline constexpr std::string_view image = "com.docker.compose.image";
inline constexpr std::string_view depends_on = "com.docker.compose.depends_on";
inline constexpr std::string_view version = "com.docker.compose.version";
inline constexpr std::string_view working_dir = "com.docker.compose.project.working_dir";
inline constexpr std::string_view config_files = "com.docker.compose.project.config_files";
/// Only on a container that replaced another, or is about to: "SERVICE-N" or container_name.
inline constexpr std::string_view replace = "com.docker.compose.replace";
inline constexpr std::string_view network = "com.docker.compose.network";
inline constexpr std::string_view volume = "com.docker.compose.volume";
/// On a built image: the builder.
inline constexpr std::string_view image_builder = "com.docker.compose.image.builder";

/// Our own label, not Compose's: shows whether the contents of injected configs and secrets are up to date.
inline constexpr std::string_view files = "dockerextd.files";

/// The Compose version whose label layout and config-hash we produce.
inline constexpr std::string_view compose_version = "2.40.3";

}  // namespace dockerext::model::labels
