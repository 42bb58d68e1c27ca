#pragma once

#include "base/error.hpp"

#include <string>
#include <string_view>
#include <vector>

/// The addresses of this machine. Without netlink, which the service's sandbox forbids; so not getifaddrs(3).
namespace dockerext {

/// An address of an interface of this machine.
struct MachineAddress {
    std::string interface, address;
    /// Whether the kernel prefers it as the source of packets. IPv4: it is the interface's first of its
    /// network (address and mask), which the kernel calls primary. IPv6: neither temporary nor deprecated.
    bool primary = false;
    bool operator==(const MachineAddress&) const = default;
};

/// All but loopback and link-local addresses, IPv4 first; of interfaces that are down, too.
Result<std::vector<MachineAddress>> machine_addresses();

/// The IPv6 addresses in the content of /proc/net/if_inet6. Skips what it cannot read.
std::vector<MachineAddress> ipv6_addresses_in(std::string_view if_inet6);

/// The address of this machine from which packets to `peer`, a numeric address, leave. Sends none. Fails with
/// `unavailable` if there is no route to it.
Result<std::string> source_address(const std::string& peer);

}  // namespace dockerext
