#include "model/normal_form.hpp"

#include <arpa/inet.h>

#include <array>
#include <charconv>
#include <optional>

namespace dockerext::model::normal {
namespace {

/// An address in network byte order.
struct Address {
    int family = AF_INET;
    std::array<unsigned char, sizeof(in6_addr)> bytes{};
    unsigned bits() const { return family == AF_INET ? 32 : 128; }
};

std::optional<Address> parse(const std::string& text) {
    for (const int family : {AF_INET, AF_INET6}) {
        Address address{.family = family};
        if (::inet_pton(family, text.c_str(), address.bytes.data()) == 1) return address;
    }
    return std::nullopt;
}

std::string text_of(const Address& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    (void)::inet_ntop(address.family, address.bytes.data(), text.data(), text.size());
    return text.data();
}

void clear_host_bits(Address& address, unsigned length) {
    for (unsigned bit = length; bit < address.bits(); ++bit) {
        address.bytes[bit / 8] &= static_cast<unsigned char>(~(0x80U >> (bit % 8)));
    }
}

}  // namespace

std::string ip_address(std::string_view text) {
    const auto address = parse(std::string(text));
    return address ? text_of(*address) : std::string(text);
}

std::string ip_prefix(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) return ip_address(text);
    auto address = parse(std::string(text.substr(0, slash)));
    const std::string_view length = text.substr(slash + 1);
    unsigned bits = 0;
    const auto parsed = std::from_chars(length.data(), length.data() + length.size(), bits);
    const bool whole = parsed.ec == std::errc() && parsed.ptr == length.data() + length.size();
    if (!address || !whole || bits > address->bits()) return std::string(text);
    clear_host_bits(*address, bits);
    return text_of(*address) + "/" + std::to_string(bits);
}

}  // namespace dockerext::model::normal
