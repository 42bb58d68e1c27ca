#pragma once

#include "state/paths.hpp"

#include <array>
#include <filesystem>

namespace dockerext::shim {

inline constexpr const char* unit_name = "dockerextd.service";

/// Every fixed path that the shim reads or writes outside its own folder.
struct Places {
    explicit Places(const std::filesystem::path& root)
        : prefix(root),
          daemon(root),
          program(root / "usr/local/bin/dockerextd"),
          unit(root / "etc/systemd/system" / unit_name),
          wanted(root / "etc/systemd/system/multi-user.target.wants" / unit_name),
          packaged_units{root / "usr/lib/systemd/system" / unit_name,
                         root / "lib/systemd/system" / unit_name},
          systemctl{root / "usr/bin/systemctl", root / "bin/systemctl"},
          booted(root / "run/systemd/system"),
          lock(root / "run/dockerextd-handler.lock"),
          update_marker(daemon.state / "updating") {}

    std::filesystem::path prefix;  ///< "/" but for testing
    state::Paths daemon;
    std::filesystem::path program;
    std::filesystem::path unit;
    std::filesystem::path wanted;  ///< the link that systemd starts the unit by
    std::array<std::filesystem::path, 2> packaged_units;
    std::array<std::filesystem::path, 2> systemctl;  ///< the first that is there
    std::filesystem::path booted;  ///< a folder exactly when systemd is PID 1 (sd_booted(3))
    std::filesystem::path lock;
    std::filesystem::path update_marker;
};

}  // namespace dockerext::shim
