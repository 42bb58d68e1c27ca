#pragma once

#include "base/error.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext::packages {

/// What os-release(5) says of the distribution.
struct OsRelease {
    std::string id;                 ///< "debian"
    std::vector<std::string> like;  ///< ID_LIKE, nearest first
    std::string name;               ///< for people
    std::string version;            ///< VERSION_ID; "" for rolling ones
    std::string codename;           ///< VERSION_CODENAME
    std::string ubuntu_codename;    ///< of the Ubuntu that a derivative is made from

    bool is(std::string_view distribution) const { return id == distribution; }
    bool is_like(std::string_view distribution) const;
};

/// Unknown and malformed lines are skipped.
OsRelease parse_os_release(std::string_view text);

/// From /etc or /usr/lib under `root`.
Result<OsRelease> read_os_release(const std::filesystem::path& root);

/// The package managers that are spoken to.
enum class PackageFamily { apt, dnf, tdnf, zypper };

/// `invalid_input`, naming the distribution, when none of them is its own.
Result<PackageFamily> package_family(const OsRelease& release);

}  // namespace dockerext::packages
