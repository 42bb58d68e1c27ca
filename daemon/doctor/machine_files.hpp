#pragma once

#include "doctor/facts.hpp"
#include "state/paths.hpp"

#include <filesystem>
#include <string>

/// Reads facts from files; each function may block while a disk hangs. `root` is the prefix of the paths. A
/// file that only root may read is the error `needs_root`. For this room only.
namespace dockerext::doctor {

/// `error`, or "needs root" if it says that a permission is missing.
Error without_right(const Error& error);
template <typename T>
Found<T> with_right(Found<T> found) {
    if (found) return found;
    return without_right(found.error());
}

Found<std::string> read_text(const std::filesystem::path& path);
Found<Space> read_space(const std::filesystem::path& folder);
Found<StateFacts> read_state(const state::Paths& paths, WallTime now);
Found<pid_t> read_lock_holder(const state::Paths& paths, const std::filesystem::path& root);
Found<Pressure> read_pressure(const std::filesystem::path& root);
Found<std::vector<Route>> read_routes(const std::filesystem::path& root);
Found<bool> read_forwarding(const std::filesystem::path& root);
Found<std::vector<std::string>> read_nameservers(const std::filesystem::path& resolv_conf);
Found<std::vector<std::string>> read_docker_group(const std::filesystem::path& root);
Found<FilePermissions> read_permissions(const std::filesystem::path& path, const std::filesystem::path& root);
/// Whether one of these exists.
Found<bool> is_any_there(const std::filesystem::path& root, const std::vector<std::string>& paths);
/// By the tag that Azure gives to all of its machines.
Found<bool> read_is_azure(const std::filesystem::path& root);
Found<std::vector<UnitFile>> read_admin_units(const std::filesystem::path& root);
Found<bool> read_is_clock_synchronised();
/// The limit of the group or one above it.
Found<std::optional<ProcessorLimit>> read_processor_limit(const std::filesystem::path& root,
                                                          std::string group);

}  // namespace dockerext::doctor
