#pragma once

#include "plan/host_work.hpp"

#include <string_view>

namespace dockerext::plan {

/// Whether our own installation of the engine was cut off, by a power cut say, and is to be completed.
bool is_half_installed(const HostWork& work);

/// Puts an engine on a machine that has none, or half of one.
void install(HostWork& work);

/// An engine that is there is never replaced: whether it is of the version that the settings pin is told, no
/// more.
void tell_installation(HostWork& work);

/// Lets go of a version that we have pinned and the settings pin no longer. Only when nothing else of the
/// machine is to be changed, as what is ours is stored with each change as a whole: before an installation,
/// or last.
void release_version(HostWork& work);

/// Whether an installed package's version ("5:26.1.4-1~debian.12~bookworm") is one that was asked for
/// ("26.1").
bool is_version(std::string_view installed, std::string_view wanted);

}  // namespace dockerext::plan
