#pragma once

#include "settings/docker_settings.hpp"
#include "settings/protected_settings.hpp"

namespace dockerext::settings {

/// Refuses an engine that anyone with network access could control, and certificates or a port whose dockerd
/// flags contradict docker.config.
void check_engine_access(const DockerPart& docker, CertificatesGiven certificates, Problems& problems);

}  // namespace dockerext::settings
