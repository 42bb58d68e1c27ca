#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"
#include "model/host.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

struct sd_bus_message;

namespace dockerext::systemd {

/// Whether the unit is started at boot. `other`: started by other units, made by a generator, or never
/// started.
enum class UnitEnabled { enabled, disabled, masked, other };

/// The state of a unit (org.freedesktop.systemd1(5)). Properties that the unit's type does not have are
/// empty.
struct UnitFacts {
    model::UnitLoad load = model::UnitLoad::broken;
    model::UnitActive active = model::UnitActive::inactive;
    UnitEnabled enabled = UnitEnabled::other;
    std::string sub_state;  ///< depends on the type: "running", "listening", "auto-restart", …
    std::string result;     ///< of its last run: "success", "exit-code", "start-limit-hit", …
    std::filesystem::path fragment;
    std::vector<std::filesystem::path> drop_ins;
    std::vector<std::filesystem::path> environment_files;
    bool need_daemon_reload = false;       ///< its files are newer than what systemd has read
    std::uint32_t main_pid = 0;            ///< 0: none
    std::string invocation;                ///< systemd's id of the current or last run; "" before the first
    std::uint32_t restarts = 0;            ///< automatic restarts since the last explicit start
    std::optional<WallTime> active_since;  ///< when it last became active
    std::optional<SteadyTime> active_since_steady;  ///< the same on the steady clock
};

/// Reads the properties of a unit, a{sv}. Other properties are skipped, whatever their type.
Result<UnitFacts> read_unit_facts(sd_bus_message* properties);

}  // namespace dockerext::systemd
