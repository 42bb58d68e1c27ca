#pragma once

#include "base/task.hpp"
#include "model/host.hpp"
#include "systemd/systemd.hpp"

#include <filesystem>
#include <span>
#include <string_view>

namespace dockerext::observe {

/// The files of model::host_paths, as they are looked at.
std::span<const std::string_view> host_files();

/// The machine around the engine, as it is now: docker.service by systemd, and the files of model::host_paths
/// and of the unit. Without systemd, or where `root` is not "/", it is a machine that nobody manages:
/// ObservedHost::systemd is false. Files are looked at under `root` in any case, off the event loop: a disk
/// may be slow. `systemd` outlives the call, and its `run` goes on meanwhile. An error where what is there
/// cannot be told: a text of the unit is unreadable, no descriptors are left.
Task<Result<model::ObservedHost>> look_at_host(systemd::Systemd& systemd, std::filesystem::path root);

/// Adds the package that the engine comes from, by asking the package manager. Why it cannot be told is no
/// error, but ObservedHost::package_problem.
Task<model::ObservedHost> with_package(model::ObservedHost host, std::filesystem::path root);

}  // namespace dockerext::observe
