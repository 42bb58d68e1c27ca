#pragma once

#include "plan/host_work.hpp"

#include <string_view>

namespace dockerext::plan {

/// Whether the daemon's own installation of the engine was interrupted, for example by a power cut, and has
/// to be completed.
bool is_half_installed(const HostWork& work);

/// Installs an engine on a machine that has none, or completes an interrupted installation.
void install(HostWork& work);

/// Reports whether the installed engine has the version that the settings pin. An engine that is present is
/// never replaced.
void report_installation(HostWork& work);

/// Unpins a version that the daemon has pinned and the settings no longer ask for. Call it only when nothing
/// else on the machine changes, before an installation or last: each change stores all of the ownership
/// record.
void release_version(HostWork& work);

/// Whether the version of an installed package ("5:26.1.4-1~debian.12~bookworm") matches a requested version
/// ("26.1").
bool is_version(std::string_view installed, std::string_view requested);

}  // namespace dockerext::plan
