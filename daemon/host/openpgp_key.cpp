#include "host/openpgp_key.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace dockerext::host {
namespace {

using Bytes = std::basic_string_view<unsigned char>;

constexpr unsigned signature = 2, public_key = 6, user_id = 13, public_subkey = 14, user_attribute = 17;

Error no_key(std::string_view why) {
    return {ErrorKind::invalid_input, "not one OpenPGP public key: " + std::string(why)};
}

/// What stands between the header lines and the checksum, without line ends.
std::optional<std::string> base64_of(std::string_view armoured) {
    constexpr std::string_view begin = "-----BEGIN PGP PUBLIC KEY BLOCK-----";
    constexpr std::string_view end = "-----END PGP PUBLIC KEY BLOCK-----";
    const std::size_t first = armoured.find(begin);
    const std::size_t last = armoured.find(end);
    const bool single = first != std::string_view::npos && last != std::string_view::npos && first < last &&
                        armoured.find("-----BEGIN", first + 1) == std::string_view::npos;
    if (!single) return std::nullopt;
    std::string_view body = armoured.substr(first + begin.size(), last - first - begin.size());
    std::string base64;
    bool in_headers = true;
    for (std::size_t number = 0; !body.empty(); ++number) {
        std::string_view line = body.substr(0, body.find('\n'));
        body.remove_prefix(std::min(line.size() + 1, body.size()));
        line = line.substr(0, line.find_last_not_of(" \t\r") + 1);
        if (line.starts_with('=')) break;
        if (number == 0) continue;  // the rest of the first line
        if (in_headers) in_headers = !line.empty();
        else base64 += line;
    }
    return base64;
}

std::optional<std::vector<unsigned char>> decoded(const std::string& base64) {
    if (base64.empty() || base64.size() % 4 != 0) return std::nullopt;
    std::vector<unsigned char> bytes(base64.size() / 4 * 3);
    const int size = EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(base64.data()),
                                     static_cast<int>(base64.size()));
    if (size < 0) return std::nullopt;
    const auto padding = static_cast<std::size_t>(std::count(base64.end() - 2, base64.end(), '='));
    bytes.resize(static_cast<std::size_t>(size) - padding);
    return bytes;
}

struct Packet {
    unsigned tag = 0;
    Bytes body;
};

std::size_t number(Bytes bytes, std::size_t width) {
    std::size_t value = 0;
    for (const unsigned char byte : bytes.substr(0, width)) value = value << 8 | byte;
    return value;
}

/// The sizes of a packet's header and body; none when they are not to be told (RFC 4880 §4.2).
std::optional<std::pair<std::size_t, std::size_t>> sizes_of(Bytes bytes) {
    if (bytes.size() < 6) return std::nullopt;
    const bool is_new = (bytes[0] & 0x40) != 0;
    if (!is_new) {
        const std::size_t width = std::size_t{1} << (bytes[0] & 3);
        if (width == 8) return std::nullopt;
        return std::pair(1 + width, number(bytes.substr(1), width));
    }
    if (bytes[1] < 192) return std::pair(std::size_t{2}, std::size_t{bytes[1]});
    if (bytes[1] < 224)
        return std::pair(std::size_t{3}, ((std::size_t{bytes[1]} - 192) << 8) + bytes[2] + 192);
    if (bytes[1] == 255) return std::pair(std::size_t{6}, number(bytes.substr(2), 4));
    return std::nullopt;  // in parts: no key is so long
}

std::optional<Packet> take_packet(Bytes& bytes) {
    const auto sizes = sizes_of(bytes);
    if (!sizes || (bytes[0] & 0x80) == 0 || sizes->second > bytes.size() - sizes->first) return std::nullopt;
    const bool is_new = (bytes[0] & 0x40) != 0;
    const unsigned tag = is_new ? bytes[0] & 0x3fU : (bytes[0] >> 2) & 0xfU;
    const Packet packet{tag, bytes.substr(sizes->first, sizes->second)};
    bytes.remove_prefix(sizes->first + sizes->second);
    return packet;
}

std::string fingerprint_of(Bytes key) {
    const std::array<unsigned char, 3> head{0x99, static_cast<unsigned char>(key.size() >> 8),
                                            static_cast<unsigned char>(key.size())};
    std::vector<unsigned char> hashed(head.begin(), head.end());
    hashed.insert(hashed.end(), key.begin(), key.end());
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_Digest(hashed.data(), hashed.size(), digest.data(), &size, EVP_sha1(), nullptr);
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string text;
    for (unsigned i = 0; i < size; ++i) (text += digits[digest[i] >> 4]) += digits[digest[i] & 0xf];
    return text;
}

}  // namespace

Result<std::string> openpgp_fingerprint(std::string_view armoured) {
    const auto base64 = base64_of(armoured);
    if (!base64) return no_key("no armoured block, or several");
    const auto bytes = decoded(*base64);
    if (!bytes) return no_key("its text is damaged");
    Bytes rest(bytes->data(), bytes->size());
    const auto key = take_packet(rest);
    const bool usable = key && key->tag == public_key && !key->body.empty() && key->body.front() == 4 &&
                        key->body.size() < 0x10000;
    if (!usable) return no_key("it does not begin with one of version 4");
    constexpr std::array belonging{signature, user_id, public_subkey, user_attribute};
    while (!rest.empty()) {
        const auto packet = take_packet(rest);
        if (!packet) return no_key("it is damaged");
        const bool belongs = std::find(belonging.begin(), belonging.end(), packet->tag) != belonging.end();
        if (!belongs) return no_key("something else follows it");
    }
    return fingerprint_of(key->body);
}

}  // namespace dockerext::host
