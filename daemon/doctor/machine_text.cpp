#include "doctor/machine_text.hpp"

#include "base/split.hpp"

#include <sys/sysmacros.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <sstream>

namespace dockerext::doctor {
namespace {

std::vector<std::string> fields_of(std::string_view line) {
    std::istringstream text{std::string(line)};
    std::vector<std::string> fields;
    for (std::string field; text >> field;) fields.push_back(std::move(field));
    return fields;
}

/// 0 for anything but a number.
template <typename Number>
Number number_in(std::string_view text, int base = 10) {
    Number number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number, base);
    return number;
}

/// The parts of the group's line that `is_wanted` accepts.
template <typename IsWanted>
std::vector<std::string_view> group_line(std::string_view group_file, IsWanted is_wanted) {
    constexpr std::size_t parts_of_line = 4;
    for (const std::string_view line : split(group_file, '\n')) {
        auto parts = split(line, ':');
        if (parts.size() == parts_of_line && is_wanted(parts)) return parts;
    }
    return {};
}

}  // namespace

std::vector<std::string> nameservers_in(std::string_view resolv_conf) {
    std::vector<std::string> servers;
    for (const std::string_view line : split(resolv_conf, '\n')) {
        const auto fields = fields_of(line);
        if (fields.size() >= 2 && fields[0] == "nameserver") servers.push_back(fields[1]);
    }
    return servers;
}

std::vector<Route> routes_in(std::string_view text) {
    constexpr std::size_t interface = 0, destination = 1, mask = 7;
    std::vector<Route> routes;
    for (const std::string_view line : split(text, '\n')) {
        const auto fields = fields_of(line);
        if (fields.size() <= mask || fields[destination] == "Destination") continue;
        // The kernel writes the numbers as they are in memory: in network order.
        const auto address_of = [&](std::size_t field) {
            return asio::ip::address_v4(__builtin_bswap32(number_in<std::uint32_t>(fields[field], 16)));
        };
        const auto bits = static_cast<unsigned short>(__builtin_popcount(address_of(mask).to_uint()));
        routes.push_back({fields[interface], asio::ip::network_v4(address_of(destination), bits)});
    }
    return routes;
}

double pressure_in(std::string_view text) {
    for (const std::string_view line : split(text, '\n')) {
        constexpr std::string_view key = " avg60=";
        const std::size_t at = line.find(key);
        if (line.starts_with("some") && at != std::string_view::npos)
            return std::strtod(std::string(line.substr(at + key.size())).c_str(), nullptr);
    }
    return 0;
}

std::optional<std::vector<std::string>> members_in(std::string_view group_file, std::string_view group) {
    const auto line = group_line(group_file, [&](const auto& parts) { return parts[0] == group; });
    if (line.empty()) return std::nullopt;
    std::vector<std::string> members;
    for (const std::string_view name : split(line[3], ',')) {
        if (!name.empty()) members.emplace_back(name);
    }
    return members;
}

std::string group_name(std::string_view group_file, gid_t id) {
    const std::string number = std::to_string(id);
    const auto line = group_line(group_file, [&](const auto& parts) { return parts[2] == number; });
    return line.empty() ? number : std::string(line[0]);
}

LockHolders lock_holders_in(std::string_view locks, dev_t device, ino_t inode) {
    std::array<char, 32> numbers{};
    (void)std::snprintf(numbers.data(), numbers.size(), "%02x:%02x:", major(device), minor(device));
    const std::string beginning = numbers.data(), ending = ":" + std::to_string(inode);
    LockHolders exact, guessed{.are_guessed = true};
    bool is_device_there = false;
    for (const std::string_view line : split(locks, '\n')) {
        const auto fields = fields_of(line);  // "1: FLOCK ADVISORY WRITE 1234 08:01:131130 0 EOF"
        constexpr std::size_t pid = 4, file = 5;
        if (fields.size() <= file) continue;
        const bool is_of_device = fields[file].starts_with(beginning);
        is_device_there = is_device_there || is_of_device;
        if (fields[1] != "FLOCK" || !fields[file].ends_with(ending)) continue;
        (is_of_device ? exact : guessed).processes.push_back(number_in<pid_t>(fields[pid]));
    }
    return is_device_there ? exact : guessed;
}

std::string control_group_in(std::string_view text) {
    std::string unified;
    for (const std::string_view line : split(text, '\n')) {
        const auto parts = split(line, ':');  // "0::/system.slice", or "4:cpu,cpuacct:/system.slice"
        if (parts.size() < 3) continue;
        const auto controllers = split(parts[1], ',');
        if (std::find(controllers.begin(), controllers.end(), "cpu") != controllers.end())
            return std::string(parts[2]);
        if (parts[0] == "0") unified = parts[2];
    }
    return unified;
}

std::optional<double> processors_in(std::string_view quota_and_period) {
    const auto fields = fields_of(quota_and_period);
    if (fields.size() < 2 || fields[0] == "max") return std::nullopt;
    const double quota = std::strtod(fields[0].c_str(), nullptr),
                 period = std::strtod(fields[1].c_str(), nullptr);
    if (quota <= 0 || period <= 0) return std::nullopt;
    return quota / period;
}

std::vector<std::string> arguments_in(std::string_view command_line) {
    std::vector<std::string> arguments;
    for (const std::string_view word : split(command_line, '\0')) arguments.emplace_back(word);
    if (!arguments.empty()) arguments.erase(arguments.begin());
    if (!arguments.empty() && arguments.back().empty()) arguments.pop_back();
    return arguments;
}

}  // namespace dockerext::doctor
