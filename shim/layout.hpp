#pragma once

#include "state/paths.hpp"

#include <array>
#include <filesystem>

namespace dockerext::shim {

inline constexpr const char* unit_name = "dockerextd.service";
inline constexpr const char* failure_unit_name = "dockerextd-failed.service";
inline constexpr const char* retry_timer_name = "dockerextd-retry.timer";
/// Exists only while a failed `enable` is retried (retry.hpp).
inline constexpr const char* enable_again_name = "dockerextd-enable-again.service";

/// The daemon and this program in the handler's folder. The folder may have them for other architectures,
/// too.
inline constexpr const char* packaged_daemon = "bin/dockerextd." DOCKEREXTD_MACHINE;
inline constexpr const char* packaged_handler = "bin/dockerextd-handler." DOCKEREXTD_MACHINE;

/// Every fixed path that the shim reads or writes outside its own folder.
struct Layout {
    explicit Layout(const std::filesystem::path& root)
        : prefix(root),
          daemon(root),
          program(root / "usr/local/bin/dockerextd"),
          handler(root / "usr/local/sbin/dockerextd-handler"),
          unit(root / "etc/systemd/system" / unit_name),
          failure_unit(root / "etc/systemd/system" / failure_unit_name),
          retry_timer(root / "etc/systemd/system" / retry_timer_name),
          wants_link(root / "etc/systemd/system/multi-user.target.wants" / unit_name),
          packaged_units{root / "usr/lib/systemd/system" / unit_name,
                         root / "lib/systemd/system" / unit_name},
          systemctl{root / "usr/bin/systemctl", root / "bin/systemctl"},
          systemd_run{root / "usr/bin/systemd-run", root / "bin/systemd-run"},
          journalctl{root / "usr/bin/journalctl", root / "bin/journalctl"},
          enable_again(root / "run/systemd/transient" / enable_again_name),
          booted(root / "run/systemd/system"),
          lock(root / "run/dockerextd-handler.lock"),
          update_marker(daemon.state / "updating") {}

    std::filesystem::path prefix;  ///< "/" except in tests
    state::Paths daemon;
    std::filesystem::path program;
    std::filesystem::path handler;  ///< permanent copy of this program: updates remove the agent's folder
    std::filesystem::path unit;
    std::filesystem::path failure_unit;
    std::filesystem::path retry_timer;
    std::filesystem::path wants_link;  ///< the link that makes systemd start the unit at boot
    std::array<std::filesystem::path, 2> packaged_units;
    // The first existing path counts.
    std::array<std::filesystem::path, 2> systemctl;
    std::array<std::filesystem::path, 2> systemd_run;
    std::array<std::filesystem::path, 2> journalctl;
    std::filesystem::path enable_again;  ///< unit file of `enable_again_name`
    std::filesystem::path booted;        ///< exists only if systemd is PID 1 (sd_booted(3))
    std::filesystem::path lock;
    std::filesystem::path update_marker;
};

}  // namespace dockerext::shim
