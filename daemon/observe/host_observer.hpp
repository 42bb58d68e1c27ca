#pragma once

#include "base/task.hpp"
#include "model/host.hpp"
#include "systemd/systemd.hpp"

#include <filesystem>
#include <span>
#include <string_view>

namespace dockerext::observe {

/// The files of model::host_paths that are observed.
std::span<const std::string_view> host_files();

/// Observes the machine around the engine: docker.service through systemd, and the files of model::host_paths
/// and of the unit. Without systemd, or if `root` is not "/", nobody manages the machine:
/// ObservedHost::systemd is false. Files are read under `root` in any case, off the event loop, because a
/// disk may be slow. `systemd` outlives the call, and its `run` is active meanwhile. An error if the state
/// cannot be determined: a file of the unit is unreadable, no file descriptors are left.
Task<Result<model::ObservedHost>> observe_host(systemd::Systemd& systemd, std::filesystem::path root);

/// Adds the package that the engine comes from, by asking the package manager. A failure is not an error; its
/// reason is in ObservedHost::package_problem.
Task<model::ObservedHost> with_package(model::ObservedHost host, std::filesystem::path root);

}  // namespace dockerext::observe
