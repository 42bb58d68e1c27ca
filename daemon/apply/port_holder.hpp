#pragma once

#include "base/error.hpp"
#include "base/task.hpp"
#include "engine/client.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace dockerext::apply {

struct Port {
    std::uint16_t number = 0;
    std::string protocol;  ///< "tcp", "udp"
    bool operator==(const Port&) const = default;
};

/// The port that the engine could not publish because it is taken; nullopt for any other message.
std::optional<Port> taken_port(std::string_view message);

/// The process that holds the port on this machine, by the tables of `proc`: "process nginx (pid 812)", or "a
/// process of user 33" if its files are hidden from us; "" if there is none. Reads the open files of every
/// process.
std::string process_holding(const Port& port, const std::filesystem::path& proc = "/proc");

/// Adds to an error about a taken port who holds it: a container or a process. Any other error stays as it
/// is.
Task<Error> with_port_holder(engine::Client& client, Error error);

}  // namespace dockerext::apply
