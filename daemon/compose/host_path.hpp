#pragma once

#include <string>
#include <string_view>

namespace dockerext::compose {

/// Root's home: what "~" and $HOME mean.
inline constexpr std::string_view home = "/root";

/// Without "//", "." and "..", as Go cleans a path; "" is ".".
std::string clean_path(std::string_view path);

/// A bind mount's source on this machine: absolute ones as written, "~" is root's home, others
/// are relative to `directory`.
std::string host_path(std::string_view source, std::string_view directory);

/// Whether a build context is no folder, but an address: "https://…", "git@…", "github.com/…".
bool is_address(std::string_view context);

}  // namespace dockerext::compose
