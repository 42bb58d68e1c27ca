#pragma once

#include "compose/interpolate.hpp"
#include "compose/project.hpp"
#include "compose/sources.hpp"

namespace dockerext::compose {

/// Reads the env_file, label_file and seccomp profiles of each active service. Values of the service itself
/// override those of the files.
void read_service_files(Project& project, const Environment& environment, const std::string& directory,
                        Sources& sources, Diagnostics& diagnostics);

}  // namespace dockerext::compose
