#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dockerext::packages {

/// Failures of package managers that callers handle or explain. `stale_lists`: the server has newer packages
/// than the local package lists. `interrupted`: an earlier run was interrupted and must be completed.
enum class PackageFault {
    other,
    lock_held,
    disk_full,
    untrusted,
    stale_lists,
    no_network,
    insecure_redirect,
    not_found,
    interrupted
};

/// Finds the failure in the complete output of apt, dpkg, dnf, tdnf or zypper in the C locale.
PackageFault package_fault(std::string_view output);

std::string_view to_text(PackageFault fault);

/// The process that holds the lock, if the output names it: "process 812 (unattended-upgr)".
std::string lock_holder(std::string_view output);

/// The progress in a line of output, as text for people; nullopt for most lines.
std::optional<std::string> package_progress(std::string_view line);

}  // namespace dockerext::packages
