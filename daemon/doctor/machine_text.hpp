#pragma once

#include "doctor/facts.hpp"

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What the texts of the kernel and of /etc mean. Malformed lines are skipped. For this room only.
namespace dockerext::doctor {

/// The nameservers of a resolv.conf(5).
std::vector<std::string> nameservers_in(std::string_view resolv_conf);
/// /proc/net/route.
std::vector<Route> routes_in(std::string_view text);
/// The share of the last minute, in percent, of a file in /proc/pressure: its line "some".
double pressure_in(std::string_view text);
/// The members of a group in group(5); nullopt: there is no such group.
std::optional<std::vector<std::string>> members_in(std::string_view group_file, std::string_view group);
/// The group's name, or its number.
std::string group_name(std::string_view group_file, gid_t id);
/// Who holds a flock(2) on a file.
struct LockHolders {
    std::vector<pid_t> processes;
    /// /proc/locks has no line of the file's device, whose number differs there (btrfs, overlay): these hold
    /// locks on files with the same inode on any device.
    bool are_guessed = false;
    bool operator==(const LockHolders&) const = default;
};

/// By /proc/locks.
LockHolders lock_holders_in(std::string_view locks, dev_t device, ino_t inode);
/// The control group for processor time in /proc/PID/cgroup: "/system.slice/dockerextd.service".
std::string control_group_in(std::string_view text);
/// The number of processors that cpu.max, or the two files of cgroup version 1, allow; nullopt: all.
std::optional<double> processors_in(std::string_view quota_and_period);
/// The arguments in /proc/PID/cmdline, without the program.
std::vector<std::string> arguments_in(std::string_view command_line);

}  // namespace dockerext::doctor
