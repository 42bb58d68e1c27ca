#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dockerext::packages {

/// What went wrong in a package manager, as far as something is to be done about it. `stale_lists`: the
/// server has newer packages than the lists that were read from it; `interrupted`: an earlier run has left
/// work half done.
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

/// From all that apt, dpkg, dnf, tdnf or zypper said in the C locale.
PackageFault package_fault(std::string_view said);

std::string_view to_text(PackageFault fault);

/// Who holds the lock, if that was said: "process 812 (unattended-upgr)".
std::string lock_holder(std::string_view said);

/// What a line of output tells of the progress, for people; none for most lines.
std::optional<std::string> package_progress(std::string_view line);

}  // namespace dockerext::packages
