#include "packages/openpgp_key.hpp"

#include "packages/openpgp_armour.hpp"
#include "packages/openpgp_packet.hpp"
#include "packages/openpgp_signature.hpp"

#include <algorithm>
#include <vector>

namespace dockerext::packages {
namespace {

Error invalid_key(std::string_view why) {
    return {ErrorKind::invalid_input, "not one OpenPGP public key: " + std::string(why)};
}

std::string hex(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string text;
    for (const char byte : bytes) {
        const auto value = static_cast<unsigned char>(byte);
        (text += digits[value >> 4]) += digits[value & 0xf];
    }
    return text;
}

/// A key or a user id, with the readable signatures that follow it.
struct Part {
    PacketTag tag{};
    std::string_view body;
    std::vector<Signature> signatures;
};

/// Splits packets into parts; the first part is the primary key.
Result<std::vector<Part>> parts_of(const std::vector<Packet>& packets) {
    std::vector<Part> parts;
    for (const auto& [tag, body] : packets) {
        const bool expected = parts.empty() == (tag == PacketTag::public_key);
        switch (tag) {
        case PacketTag::signature:
            if (parts.empty()) return invalid_key("it begins with a signature");
            if (auto signature = read_signature(body))
                parts.back().signatures.push_back(std::move(*signature));
            break;
        case PacketTag::public_key:
        case PacketTag::user_id:
        case PacketTag::user_attribute:
        case PacketTag::public_subkey:
            if (!expected)
                return invalid_key(parts.empty() ? "it does not begin with a key" : "a second one follows");
            parts.push_back({tag, body, {}});
            break;
        default: return invalid_key("it has a packet with the number " + std::to_string(unsigned(tag)));
        }
    }
    if (parts.empty()) return invalid_key("it is empty");
    return parts;
}

bool is_certification(const Signature& signature) {
    return signature.type >= SignatureType::generic_certification &&
           signature.type <= SignatureType::positive_certification;
}

std::string signature_packet(const Signature& signature, std::string_view issuer,
                             std::string_view embedded = {}) {
    return packet_bytes(PacketTag::signature, signature_body(signature, issuer, embedded));
}

/// Writes those parts that the primary key has signed, as packets.
class PrimaryKeyFilter {
public:
    explicit PrimaryKeyFilter(PublicKey primary)
        : primary_(std::move(primary)), hashed_primary_(hashed_key(primary_.body)) {}

    Result<std::string> key(const Part& part) const {
        std::string signatures;
        for (const Signature& signature : part.signatures) {
            if (!verifies(primary_, signature, hashed_primary_)) continue;
            if (signature.type == SignatureType::key_revocation)
                return invalid_key("its owner has revoked it");
            if (signature.type == SignatureType::direct_key)
                signatures += signature_packet(signature, primary_.id());
        }
        return packet_bytes(PacketTag::public_key, part.body) + signatures;
    }

    /// "" for a user id that is not signed, or whose signature is revoked.
    std::string user_id(const Part& part) const {
        const std::string bytes =
            hashed_primary_ + "\xb4" + big_endian(part.body.size(), 4) + std::string(part.body);
        std::string signatures;
        for (const Signature& signature : part.signatures) {
            if (!verifies(primary_, signature, bytes)) continue;
            if (signature.type == SignatureType::certification_revocation) return "";
            if (is_certification(signature)) signatures += signature_packet(signature, primary_.id());
        }
        return signatures.empty() ? "" : packet_bytes(PacketTag::user_id, part.body) + signatures;
    }

    /// "" for a subkey that is not bound to the primary key, is revoked, or may not sign.
    Result<std::string> subkey(const Part& part) const {
        const std::string bytes = hashed_primary_ + hashed_key(part.body);
        std::string signatures;
        for (const Signature& signature : part.signatures) {
            if (!verifies(primary_, signature, bytes)) continue;
            if (signature.type == SignatureType::subkey_revocation) return std::string();
            if (signature.type != SignatureType::subkey_binding || !allows_signing(signature)) continue;
            const auto subkey = read_public_key(part.body);
            if (!subkey) return invalid_key("its subkey for signatures: " + subkey.error().message());
            const std::string back = back_signature(signature, *subkey, bytes);
            if (!back.empty()) signatures += signature_packet(signature, primary_.id(), back);
        }
        return signatures.empty() ? "" : packet_bytes(PacketTag::public_subkey, part.body) + signatures;
    }

private:
    /// The signature by which the subkey confirms that it belongs to the primary key; "" without one.
    static std::string back_signature(const Signature& binding, const PublicKey& subkey,
                                      const std::string& bytes) {
        for (const std::string_view body : embedded_in(binding)) {
            const auto back = read_signature(body);
            const bool agrees =
                back && back->type == SignatureType::primary_key_binding && verifies(subkey, *back, bytes);
            if (agrees) return signature_body(*back, subkey.id(), {});
        }
        return "";
    }

    PublicKey primary_;
    std::string hashed_primary_;
};

/// The parts that the owner has signed, as packets: the primary key, user ids, subkeys.
Result<std::string> signed_parts(const PrimaryKeyFilter& filter, const std::vector<Part>& parts) {
    const auto key = filter.key(parts.front());
    if (!key) return key.error();
    std::string user_ids, subkeys;
    for (const Part& part : parts) {
        if (part.tag == PacketTag::user_id) user_ids += filter.user_id(part);
        if (part.tag != PacketTag::public_subkey) continue;
        const auto subkey = filter.subkey(part);
        if (!subkey) return subkey.error();
        subkeys += *subkey;
    }
    if (user_ids.empty()) return invalid_key("it has no user id that it has signed with SHA-2");
    return *key + user_ids + subkeys;
}

}  // namespace

Result<OpenPgpKey> read_openpgp_key(std::string_view armoured) {
    if (armoured.size() > longest_openpgp_key) return invalid_key("it is longer than 64 KiB");
    const auto bytes = read_armour(armoured);
    if (!bytes) return invalid_key("no armoured block, a damaged one, or several");
    const auto packets = read_packets(*bytes);
    if (!packets) return invalid_key("it is damaged");
    const auto parts = parts_of(*packets);
    if (!parts) return parts.error();
    auto primary = read_public_key(parts->front().body);
    if (!primary) return invalid_key(primary.error().message());
    const std::string fingerprint = hex(primary->fingerprint);
    const auto kept = signed_parts(PrimaryKeyFilter(std::move(*primary)), *parts);
    if (!kept) return kept.error();
    return OpenPgpKey{fingerprint, write_armour(*kept)};
}

}  // namespace dockerext::packages
