// Fuzzes a downloaded package-signing key. An input is "t" and a text, or "b" and bytes that get an ASCII
// armour. Nobody has the private keys that belong to the seeds, so no input can add a valid signature.
#include "base/utf8.hpp"
#include "packages/openpgp_armour.hpp"
#include "packages/openpgp_key.hpp"
#include "packages/openpgp_packet.hpp"
#include "packages/openpgp_public_key.hpp"
#include "promise.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace dockerext::packages {
namespace {

struct Known {
    std::string_view primary;                 ///< the end of the primary key's fingerprint
    std::array<std::string_view, 2> subkeys;  ///< likewise for its signed subkeys
    std::string_view user_id;
};
constexpr Known known_keys[] = {
    {"8D81803C0EBFCD88", {"7EA0A9C3F273FCD8", ""}, "Docker Release (CE deb) <docker@docker.com>"},
    {"C52FEB6B621E9F35", {}, "Docker Release (CE rpm) <docker@docker.com>"},
    {"761C18D76AE23C48", {"B5481FB56DC361FF", "B261F74D5271BFE0"}, "Test Subkeys <s@example.org>"},
};

std::string hex_text(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string text;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        (text += digits[byte >> 4]) += digits[byte & 0xf];
    }
    return text;
}

void check_part(const Packet& packet, const Known& owner) {
    switch (packet.tag) {
    case PacketTag::signature: return;
    case PacketTag::user_id:
        return promise(packet.body == owner.user_id, "a user id is the owner's", packet.body);
    case PacketTag::public_subkey: {
        const auto subkey = read_public_key(packet.body);
        promise(subkey.has_value(), "a subkey can sign");
        const std::string id = hex_text(subkey->id());
        promise(std::find(owner.subkeys.begin(), owner.subkeys.end(), id) != owner.subkeys.end(),
                "a subkey is the owner's", id);
        return;
    }
    default: return promise(false, "there is no second key, and nothing else");
    }
}

void check_kept(const OpenPgpKey& key) {
    const auto again = read_openpgp_key(key.armoured);
    promise(again && *again == key, "what is kept is read as what it is", key.armoured);
    const auto owner = std::find_if(std::begin(known_keys), std::end(known_keys),
                                    [&](const Known& one) { return key.fingerprint.ends_with(one.primary); });
    promise(owner != std::end(known_keys), "a key that was changed has signed nothing", key.fingerprint);
    const auto bytes = read_armour(key.armoured);
    const auto packets = read_packets(*bytes);
    promise(packets->front().tag == PacketTag::public_key, "the key comes first");
    promise(hex_text(read_public_key(packets->front().body)->fingerprint) == key.fingerprint,
            "the fingerprint is the key's");
    std::for_each(packets->begin() + 1, packets->end(),
                  [&](const Packet& packet) { check_part(packet, *owner); });
}

void try_text(const std::string& text) {
    const auto key = read_openpgp_key(text);
    if (key) return check_kept(*key);
    promise(key.error().kind() == ErrorKind::invalid_input, "a key that is none is bad input");
    promise(valid_utf8(key.error().message()) == key.error().message(), "what is told is UTF-8");
}

}  // namespace
}  // namespace dockerext::packages

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    std::string_view input(reinterpret_cast<const char*>(bytes), size);
    if (input.empty()) return 0;
    const bool armoured = input.front() == 't';
    input.remove_prefix(1);
    dockerext::packages::try_text(armoured ? std::string(input) : dockerext::packages::write_armour(input));
    return 0;
}
