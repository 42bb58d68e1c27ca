#pragma once

#include "settings/docker_settings.hpp"
#include "settings/protected_settings.hpp"

#include <string_view>

namespace dockerext::settings {

/// Refuses an engine that anyone with network access could control, and certificates or a port whose dockerd
/// flags contradict docker.config.
void check_engine_access(const DockerPart& docker, CertificatesGiven certificates, Problems& problems);

/// Whether other machines can reach an address that dockerd listens on (-H). One without a host is loopback.
bool is_remotely_reachable(std::string_view address);

}  // namespace dockerext::settings
