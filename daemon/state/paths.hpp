#pragma once

#include "base/error.hpp"

#include <filesystem>

namespace dockerext::state {

/// Every path of this program's own. `root` is "/" except in trials and tests.
struct Paths {
    explicit Paths(const std::filesystem::path& root)
        : state(root / "var/lib/dockerextd"),
          run(root / "run/dockerextd"),
          spool(state / "spool"),
          project(state / "project"),
          host_record(state / "host.json"),
          swarm_record(state / "swarm.json"),
          azure_status(state / "azure-status"),
          control_socket(run / "control.sock"),
          docker_config(root / "root/.docker/config.json") {}

    std::filesystem::path state;         ///< 0700: settings, journal, memory; survives a reboot
    std::filesystem::path run;           ///< 0755: the control socket and the lock
    std::filesystem::path spool;         ///< 0700: tmp/ new/ rejected/
    std::filesystem::path project;       ///< the base of relative paths in a Compose model
    std::filesystem::path host_record;   ///< what we own on the machine (host_record.hpp)
    std::filesystem::path swarm_record;  ///< this machine's place in a swarm (swarm_record.hpp)
    std::filesystem::path azure_status;  ///< the shim's: names the status file of Azure's newest settings
    std::filesystem::path control_socket;
    std::filesystem::path docker_config;  ///< root's registry credentials
};

/// Creates the absent folders, with the modes above.
Result<> make_folders(const Paths& paths);

}  // namespace dockerext::state
