#pragma once

#include <string>
#include <string_view>

namespace dockerext::compose {

/// Root's home, which "~" and $HOME stand for.
inline constexpr std::string_view home = "/root";

/// The path without "//", "." and "..", as Go cleans a path; "" becomes ".".
std::string clean_path(std::string_view path);

/// The path on this machine of a bind mount's source. An absolute one stays as written, "~" is root's home,
/// and any other is relative to `directory`.
std::string host_path(std::string_view source, std::string_view directory);

/// Whether a build context is an address and not a folder: "https://…", "git@…", "github.com/…".
bool is_address(std::string_view context);

}  // namespace dockerext::compose
