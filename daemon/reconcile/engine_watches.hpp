#pragma once

#include "base/task.hpp"
#include "base/trigger.hpp"
#include "systemd/systemd.hpp"

#include <filesystem>

/// What changes on the machine while nobody looks. Each runs until cancelled, and raises `trigger`; what is
/// passed by reference has to outlive it.
namespace dockerext::reconcile {

Task<void> watch_units(systemd::Systemd& systemd, Trigger& trigger);

/// Watches the files of observe::host_files(). While they cannot be watched, it raises `trigger` every 30 s.
Task<void> watch_host_files(asio::any_io_executor executor, std::filesystem::path root, Trigger& trigger);

}  // namespace dockerext::reconcile
