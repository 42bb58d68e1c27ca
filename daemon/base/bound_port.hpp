#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

/// Ports of this machine, and the processes that hold them.
namespace dockerext {

struct Port {
    std::uint16_t number = 0;
    std::string protocol;  ///< "tcp", "udp"
    bool operator==(const Port&) const = default;
};

/// "8080/tcp".
std::string to_string(const Port& port);

struct PortHolder {
    /// "" if no process that we may look at has opened the socket: it is the kernel's, or the files of its
    /// process are hidden from us.
    std::string process;
    std::string pid, user;  ///< `user`: its number
    bool operator==(const PortHolder&) const = default;
};

/// "process nginx (pid 812)", or "a process of user 33".
std::string to_string(const PortHolder& holder);

/// Who holds the port, by the tables of `proc`: for TCP, who listens on it. nullopt if nobody does. Reads the
/// open files of every process.
std::optional<PortHolder> port_holder(const Port& port, const std::filesystem::path& proc = "/proc");

}  // namespace dockerext
