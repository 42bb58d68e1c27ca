#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// OpenPGP's binary format (RFC 4880 §3, §4).
namespace dockerext::packages {

/// Reads fields from the front of some bytes. The bytes must outlive the returned fields.
class FieldReader {
public:
    explicit FieldReader(std::string_view bytes) : rest_(bytes) {}

    /// The next `size` bytes. If some are missing, this and all later reads return "".
    std::string_view read_bytes(std::size_t size);
    /// The next `width` bytes as a big-endian number.
    std::size_t number(std::size_t width);
    /// A multiprecision integer. Fails if it has leading zeros or is not in its shortest form.
    std::string_view integer();

    std::string_view rest() const noexcept { return rest_; }
    bool failed() const noexcept { return failed_; }
    /// Whether all reads succeeded and no bytes are left.
    bool done() const noexcept { return !failed_ && rest_.empty(); }

private:
    std::string_view rest_;
    bool failed_ = false;
};

/// The bytes as OpenSSL's type.
inline const unsigned char* raw(std::string_view bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

/// Writes a number in the format that `FieldReader::number` reads.
std::string big_endian(std::size_t number, std::size_t width);

enum class PacketTag : unsigned {
    signature = 2,
    public_key = 6,
    user_id = 13,
    public_subkey = 14,
    user_attribute = 17
};

struct Packet {
    PacketTag tag{};  ///< may also be a number without an enumerator
    std::string_view body;
};

/// Reads all packets of some bytes, which must outlive the packets. Nullopt if the bytes are damaged or a
/// packet has no definite length.
std::optional<std::vector<Packet>> read_packets(std::string_view bytes);

/// Writes a packet. Its body must have less than 64 KiB and its tag must be below 16.
std::string packet_bytes(PacketTag tag, std::string_view body);

}  // namespace dockerext::packages
