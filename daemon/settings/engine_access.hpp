#pragma once

#include "settings/docker_settings.hpp"
#include "settings/protected_settings.hpp"

namespace dockerext::settings {

/// Refuses an engine that anyone in reach could take, and certificates or a port whose flags for dockerd
/// contradict docker.config.
void check_engine_access(const DockerPart& docker, CertificatesGiven certificates, Problems& problems);

}  // namespace dockerext::settings
