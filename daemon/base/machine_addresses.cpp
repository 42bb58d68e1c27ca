#include "base/machine_addresses.hpp"

#include "base/regular_file.hpp"
#include "base/split.hpp"
#include "base/unique_fd.hpp"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <set>
#include <tuple>

namespace dockerext {
namespace {

/// Of each IPv4 address, with the label of its interface. SIOCGIFCONF does not say that the buffer was too
/// small, but it fills such a one completely.
Result<std::vector<ifreq>> ipv4_requests(const UniqueFd& socket) {
    for (std::size_t count = 32;; count *= 2) {
        std::vector<ifreq> requests(count);
        ifconf list{};
        list.ifc_len = static_cast<int>(count * sizeof(ifreq));
        list.ifc_req = requests.data();
        if (::ioctl(socket.get(), SIOCGIFCONF, &list) != 0) return Error::from_errno(errno, "SIOCGIFCONF");
        const std::size_t filled = static_cast<std::size_t>(list.ifc_len) / sizeof(ifreq);
        if (filled == count) continue;
        requests.resize(filled);
        return requests;
    }
}

/// A further address may have a label of its own: "eth0:1".
std::string interface_of(const ifreq& request) {
    const std::string_view label(request.ifr_name, ::strnlen(request.ifr_name, IFNAMSIZ));
    return std::string(label.substr(0, label.find(':')));
}

in_addr address_in(const ifreq& request) {
    sockaddr_in address{};
    std::memcpy(&address, &request.ifr_addr, sizeof address);
    return address.sin_addr;
}

/// Of the address that the request names; that of a single address if it is gone meanwhile.
std::uint32_t netmask_of(const UniqueFd& socket, ifreq request) {
    return ::ioctl(socket.get(), SIOCGIFNETMASK, &request) == 0 ? address_in(request).s_addr : INADDR_NONE;
}

bool is_loopback_or_link_local(const in_addr& address) {
    constexpr std::uint32_t loopback = 127U << 24U, link_local = (169U << 24U) + (254U << 16U);
    const std::uint32_t bits = ntohl(address.s_addr);
    return (bits & 0xFF000000U) == loopback || (bits & 0xFFFF0000U) == link_local;
}

/// `address` is an in_addr or in6_addr.
std::string address_text(int family, const void* address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    return ::inet_ntop(family, address, text.data(), text.size()) == nullptr ? "" : text.data();
}

Result<std::vector<MachineAddress>> ipv4_addresses() {
    const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!socket) return Error::from_errno(errno, "open a socket");
    const auto requests = ipv4_requests(socket);
    if (!requests) return requests.error();
    std::vector<MachineAddress> addresses;
    std::set<std::tuple<std::string, std::uint32_t, std::uint32_t>> networks;
    for (const ifreq& request : *requests) {
        const in_addr address = address_in(request);
        if (is_loopback_or_link_local(address)) continue;
        std::string interface = interface_of(request);
        const std::uint32_t mask = netmask_of(socket, request);
        const bool is_first = networks.emplace(interface, address.s_addr & mask, mask).second;
        addresses.push_back({std::move(interface), address_text(AF_INET, &address), is_first});
    }
    return addresses;
}

std::optional<unsigned> hex_number(std::string_view text) {
    constexpr int hex = 16;
    unsigned number = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number, hex);
    return error == std::errc() && rest == end ? std::optional(number) : std::nullopt;
}

/// 32 hex digits without colons.
std::optional<in6_addr> ipv6_address(std::string_view digits) {
    in6_addr address{};
    if (digits.size() != 2 * sizeof address.s6_addr) return std::nullopt;
    for (std::size_t i = 0; i < sizeof address.s6_addr; ++i) {
        const auto byte = hex_number(digits.substr(2 * i, 2));
        if (!byte) return std::nullopt;
        address.s6_addr[i] = static_cast<std::uint8_t>(*byte);
    }
    return address;
}

/// "fd00…04 02 40 00 80     eth0": address, index, length of the prefix, scope, flags, interface.
std::optional<MachineAddress> ipv6_machine_address(std::string_view line) {
    constexpr unsigned temporary = 0x01, deprecated = 0x20;  // IFA_F_… of linux/if_addr.h
    std::vector<std::string_view> words = split(line, ' ');
    std::erase(words, "");
    if (words.size() != 6) return std::nullopt;
    const auto address = ipv6_address(words[0]);
    const auto scope = hex_number(words[3]), flags = hex_number(words[4]);
    if (!address || scope != 0U || !flags) return std::nullopt;  // 0: global
    return MachineAddress{std::string(words[5]), address_text(AF_INET6, &*address),
                          (*flags & (temporary | deprecated)) == 0};
}

/// Of either family; its port is 9 (discard).
struct PeerAddress {
    sockaddr_storage bytes{};
    socklen_t size = 0;
};

std::optional<PeerAddress> peer_address(const std::string& peer) {
    constexpr std::uint16_t discard = 9;
    PeerAddress address;
    sockaddr_in ipv4{.sin_family = AF_INET, .sin_port = htons(discard)};
    sockaddr_in6 ipv6{.sin6_family = AF_INET6, .sin6_port = htons(discard)};
    if (::inet_pton(AF_INET, peer.c_str(), &ipv4.sin_addr) == 1) {
        std::memcpy(&address.bytes, &ipv4, sizeof ipv4);
        address.size = sizeof ipv4;
    } else if (::inet_pton(AF_INET6, peer.c_str(), &ipv6.sin6_addr) == 1) {
        std::memcpy(&address.bytes, &ipv6, sizeof ipv6);
        address.size = sizeof ipv6;
    } else {
        return std::nullopt;
    }
    return address;
}

std::string address_text(const PeerAddress& address) {
    if (address.bytes.ss_family == AF_INET) {
        sockaddr_in ipv4{};
        std::memcpy(&ipv4, &address.bytes, sizeof ipv4);
        return address_text(AF_INET, &ipv4.sin_addr);
    }
    sockaddr_in6 ipv6{};
    std::memcpy(&ipv6, &address.bytes, sizeof ipv6);
    return address_text(AF_INET6, &ipv6.sin6_addr);
}

}  // namespace

std::vector<MachineAddress> ipv6_addresses_in(std::string_view if_inet6) {
    std::vector<MachineAddress> addresses;
    for (const std::string_view line : split(if_inet6, '\n')) {
        if (auto address = ipv6_machine_address(line)) addresses.push_back(std::move(*address));
    }
    return addresses;
}

/// The sandbox hides /proc/net, but not a process's own.
Result<std::vector<MachineAddress>> machine_addresses() {
    constexpr std::size_t limit = std::size_t{1} << 20U;
    constexpr std::string_view doing = "read the addresses of this machine";
    auto addresses = ipv4_addresses();
    if (!addresses) return addresses.error().within(doing);
    const auto if_inet6 = read_regular("/proc/self/net/if_inet6", limit);
    const bool has_ipv6 = if_inet6 || if_inet6.error().kind() != ErrorKind::not_found;
    if (has_ipv6 && !if_inet6) return if_inet6.error().within(doing);
    if (!has_ipv6) return addresses;
    for (MachineAddress& address : ipv6_addresses_in(*if_inet6)) addresses->push_back(std::move(address));
    return addresses;
}

Result<std::string> source_address(const std::string& peer) {
    const std::string doing = "find the route to " + peer;
    auto address = peer_address(peer);
    if (!address) return Error(ErrorKind::invalid_input, "not a numeric address").within(doing);
    const UniqueFd socket(::socket(address->bytes.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!socket) return Error::from_errno(errno, doing);
    auto* const bytes = reinterpret_cast<sockaddr*>(&address->bytes);
    if (::connect(socket.get(), bytes, address->size) != 0)
        return Error(ErrorKind::unavailable, std::strerror(errno)).within(doing);
    if (::getsockname(socket.get(), bytes, &address->size) != 0) return Error::from_errno(errno, doing);
    return address_text(*address);
}

}  // namespace dockerext
