#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// OpenPGP's binary form (RFC 4880 §3, §4).
namespace dockerext::packages {

/// Takes fields off the front of some bytes, which outlive what it gives.
class FieldReader {
public:
    explicit FieldReader(std::string_view bytes) : rest_(bytes) {}

    /// The next bytes. Where some are missing: "", and nothing from then on.
    std::string_view take(std::size_t size);
    /// The next bytes as a number, the highest first.
    std::size_t number(std::size_t width);
    /// A multiprecision integer, without leading zeros; another form of the same counts as damage.
    std::string_view integer();

    std::string_view rest() const noexcept { return rest_; }
    bool failed() const noexcept { return failed_; }
    /// Nothing was missing, and nothing is left.
    bool done() const noexcept { return !failed_ && rest_.empty(); }

private:
    std::string_view rest_;
    bool failed_ = false;
};

/// As OpenSSL takes bytes.
inline const unsigned char* raw(std::string_view bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

/// What `FieldReader::number` reads.
std::string big_endian(std::size_t number, std::size_t width);

enum class PacketTag : unsigned {
    signature = 2,
    public_key = 6,
    user_id = 13,
    public_subkey = 14,
    user_attribute = 17
};

struct Packet {
    PacketTag tag{};  ///< any number
    std::string_view body;
};

/// All packets of some bytes, which outlive them; none when they are damaged, or of a length that only their
/// end would tell.
std::optional<std::vector<Packet>> read_packets(std::string_view bytes);

/// A packet of less than 64 KiB with a tag below 16.
std::string packet_bytes(PacketTag tag, std::string_view body);

}  // namespace dockerext::packages
