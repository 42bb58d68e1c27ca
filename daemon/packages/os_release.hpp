#pragma once

#include "base/error.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext::packages {

/// The distribution, from os-release(5).
struct OsRelease {
    std::string id;                 ///< "debian"
    std::vector<std::string> like;  ///< ID_LIKE, nearest first
    std::string name;               ///< for people
    std::string version;            ///< VERSION_ID; "" for rolling releases
    std::string codename;           ///< VERSION_CODENAME
    std::string ubuntu_codename;    ///< UBUNTU_CODENAME: the Ubuntu that a derivative is based on

    bool is(std::string_view distribution) const { return id == distribution; }
    bool is_like(std::string_view distribution) const;
};

/// Skips unknown and malformed lines.
OsRelease parse_os_release(std::string_view text);

/// Reads /etc/os-release or /usr/lib/os-release below `root`.
Result<OsRelease> read_os_release(const std::filesystem::path& root);

/// The supported package managers.
enum class PackageFamily { apt, dnf, tdnf, zypper };

/// The distribution's package manager; `invalid_input`, naming the distribution, if it is not supported.
Result<PackageFamily> package_family(const OsRelease& release);

}  // namespace dockerext::packages
