#pragma once

#include "base/error.hpp"

#include <filesystem>

namespace dockerext::state {

/// Every path that this program uses of its own. `root` is "/" but for trying and testing.
struct Paths {
    explicit Paths(const std::filesystem::path& root)
        : state(root / "var/lib/dockerextd"),
          run(root / "run/dockerextd"),
          spool(state / "spool"),
          project(state / "project"),
          host_record(state / "host.json"),
          azure_status(state / "azure-status"),
          control_socket(run / "control.sock"),
          docker_config(root / "root/.docker/config.json") {}

    std::filesystem::path state;         ///< 0700: settings, journal, memory; survives a reboot
    std::filesystem::path run;           ///< 0755: the control socket and the lock
    std::filesystem::path spool;         ///< 0700: tmp/ new/ rejected/
    std::filesystem::path project;       ///< what relative paths of a Compose model are relative to
    std::filesystem::path host_record;   ///< what of the machine is ours (host_record.hpp)
    std::filesystem::path azure_status;  ///< of the shim: names the status file of Azure's newest settings
    std::filesystem::path control_socket;
    std::filesystem::path docker_config;  ///< root's registry credentials
};

/// Makes the folders that are absent, with the modes above.
Result<> make_folders(const Paths& paths);

}  // namespace dockerext::state
