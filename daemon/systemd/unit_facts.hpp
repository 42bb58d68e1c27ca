#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

struct sd_bus_message;

namespace dockerext::systemd {

enum class UnitLoad { loaded, not_found, masked, broken };
enum class UnitActive { inactive, activating, active, reloading, deactivating, failed };
/// Whether the unit is started at boot; `other`: by other units, by a generator, or never.
enum class UnitEnabled { enabled, disabled, masked, other };

/// What systemd knows of a unit (org.freedesktop.systemd1(5)). What a unit's type does not have is empty.
struct UnitFacts {
    UnitLoad load = UnitLoad::broken;
    UnitActive active = UnitActive::inactive;
    UnitEnabled enabled = UnitEnabled::other;
    std::string sub_state;  ///< of its type: "running", "listening", "auto-restart", …
    std::string result;     ///< of its last run: "success", "exit-code", "start-limit-hit", …
    std::filesystem::path fragment;
    std::vector<std::filesystem::path> drop_ins;
    std::vector<std::filesystem::path> environment_files;
    bool need_daemon_reload = false;       ///< its files are newer than what systemd has read
    std::uint32_t main_pid = 0;            ///< 0: none
    std::string invocation;                ///< systemd's id of its present or last run; "" before the first
    std::uint32_t restarts = 0;            ///< by systemd itself, since it was last started by somebody else
    std::optional<WallTime> active_since;  ///< its last becoming active
    std::optional<SteadyTime> active_since_steady;  ///< the same, by the other clock
};

/// From the properties of a unit, a{sv}. What is not asked for may be of any type.
Result<UnitFacts> read_unit_facts(sd_bus_message* properties);

}  // namespace dockerext::systemd
