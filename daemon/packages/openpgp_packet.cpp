#include "packages/openpgp_packet.hpp"

#include <bit>

namespace dockerext::packages {
namespace {

/// The length in a packet's old-format header; `first`, the header's first byte, contains its width.
std::optional<std::size_t> old_length(FieldReader& fields, std::size_t first) {
    const std::size_t width = std::size_t{1} << (first & 3);
    if (width == 8) return std::nullopt;  // indeterminate: until the end of the file
    return fields.number(width);
}

std::optional<std::size_t> new_length(FieldReader& fields) {
    const std::size_t first = fields.number(1);
    if (first < 192) return first;
    if (first < 224) return ((first - 192) << 8) + fields.number(1) + 192;
    if (first == 255) return fields.number(4);
    return std::nullopt;  // partial lengths
}

std::optional<Packet> read_packet(FieldReader& fields) {
    const std::size_t first = fields.number(1);
    if ((first & 0x80) == 0) return std::nullopt;
    const bool is_new = (first & 0x40) != 0;
    const auto length = is_new ? new_length(fields) : old_length(fields, first);
    if (!length) return std::nullopt;
    const std::string_view body = fields.read_bytes(*length);
    if (fields.failed()) return std::nullopt;
    return Packet{static_cast<PacketTag>(is_new ? first & 0x3f : (first >> 2) & 0xf), body};
}

}  // namespace

std::string_view FieldReader::read_bytes(std::size_t size) {
    failed_ = failed_ || size > rest_.size();
    if (failed_) return {};
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
}

std::size_t FieldReader::number(std::size_t width) {
    std::size_t value = 0;
    for (const char byte : read_bytes(width)) value = value << 8 | static_cast<unsigned char>(byte);
    return value;
}

std::string_view FieldReader::integer() {
    const std::size_t bits = number(2);
    const std::string_view bytes = read_bytes((bits + 7) / 8);
    if (bytes.empty()) return bytes;
    const auto first = static_cast<unsigned char>(bytes.front());
    failed_ = failed_ || (bytes.size() - 1) * 8 + static_cast<std::size_t>(std::bit_width(first)) != bits;
    return bytes;
}

std::string big_endian(std::size_t number, std::size_t width) {
    std::string bytes(width, '\0');
    for (std::size_t at = width; at > 0; number >>= 8) bytes[--at] = static_cast<char>(number & 0xff);
    return bytes;
}

std::optional<std::vector<Packet>> read_packets(std::string_view bytes) {
    std::vector<Packet> packets;
    FieldReader fields(bytes);
    while (!fields.done()) {
        const auto packet = read_packet(fields);
        if (!packet) return std::nullopt;
        packets.push_back(*packet);
    }
    return packets;
}

std::string packet_bytes(PacketTag tag, std::string_view body) {
    constexpr unsigned old_with_two_bytes = 0x81;
    const std::size_t first = old_with_two_bytes | static_cast<unsigned>(tag) << 2;
    return big_endian(first, 1) + big_endian(body.size(), 2) + std::string(body);
}

}  // namespace dockerext::packages
