#include "packages/openpgp_key.hpp"

#include "openpgp_keys.hpp"
#include "packages/openpgp_armour.hpp"
#include "packages/openpgp_packet.hpp"
#include "packages/openpgp_signature.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace dockerext::packages {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using Packets = std::vector<std::pair<PacketTag, std::string>>;

std::string key_file(const std::string& name) { return test::read_file(OPENPGP_KEYS "/" + name); }

Packets packets_of(const std::string& armoured) {
    const auto bytes = read_armour(armoured);
    const auto read = bytes ? read_packets(*bytes) : std::nullopt;
    Packets packets;
    if (!read) return packets;
    for (const auto& [tag, body] : *read) packets.emplace_back(tag, body);
    return packets;
}

/// A packet of less than 192 bytes, in the new header format, which has room for any tag.
std::string new_packet(PacketTag tag, const std::string& body) {
    return big_endian(0xc0 | unsigned(tag), 1) + big_endian(body.size(), 1) + body;
}

std::string armoured(const Packets& packets) {
    std::string bytes;
    for (const auto& [tag, body] : packets)
        bytes += tag == PacketTag::user_attribute ? new_packet(tag, body) : packet_bytes(tag, body);
    return write_armour(bytes);
}

Packets with(Packets packets, const Packets& more) {
    packets.insert(packets.end(), more.begin(), more.end());
    return packets;
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
    return text.replace(text.find(what), what.size(), by);
}

/// The packets of a key as text: one word each; a signature is shown as its type.
std::string contents(const std::string& key) {
    std::string text;
    for (const auto& [tag, body] : packets_of(key)) {
        switch (tag) {
        case PacketTag::public_key: text += "key"; break;
        case PacketTag::user_id: text += " user"; break;
        case PacketTag::public_subkey: text += " subkey"; break;
        case PacketTag::signature: text += " " + std::to_string(unsigned(read_signature(body)->type)); break;
        default: text += " " + std::to_string(unsigned(tag));
        }
    }
    return text;
}

std::string kept(const std::string& text) {
    const auto key = read_openpgp_key(text);
    if (!key) return key.error().message();
    EXPECT_EQ(read_openpgp_key(key->armoured).value(), *key) << "it is its own form";
    return contents(key->armoured);
}

std::string refusal(const std::string& text) {
    const auto key = read_openpgp_key(text);
    if (key) return "";
    EXPECT_EQ(key.error().kind(), ErrorKind::invalid_input);
    return key.error().message();
}

TEST(OpenPgpKey, AcceptsTheDockerKeys) {
    const std::string deb = key_file("docker-deb.asc");
    EXPECT_EQ(kept(deb), "key user 19 subkey 24");
    EXPECT_EQ(read_openpgp_key(deb)->fingerprint, "9DC858229FC7DD38854AE2D88D81803C0EBFCD88");
    const std::string rpm = key_file("docker-rpm.asc");
    EXPECT_EQ(kept(rpm), "key user 19");
    EXPECT_EQ(read_openpgp_key(rpm)->fingerprint, "060A61C51B558A7F742B77AAC52FEB6B621E9F35");
}

TEST(OpenPgpKey, AcceptsTheUsualFormats) {
    const auto key = read_openpgp_key(one_key);
    ASSERT_TRUE(key) << key.error().message();
    EXPECT_EQ(key->fingerprint, one_fingerprint);
    std::string dos_lines = one_key;
    for (std::size_t at = 0; (at = dos_lines.find('\n', at)) != std::string::npos; at += 2)
        dos_lines.insert(at, "\r");
    const std::string forms[] = {
        replaced(one_key, "BLOCK-----\n\n", "BLOCK-----\nVersion: x\nComment: y\n\n"),
        std::string("a page around it\n") + one_key + "\n and below\n",
        dos_lines,
        replaced(one_key, "=Qwm6\n", ""),
    };
    for (const std::string& form : forms) EXPECT_EQ(*read_openpgp_key(form), *key) << form;
}

TEST(OpenPgpKey, KeepsItsOwnSigningSubkeys) {
    EXPECT_EQ(kept(key_file("subkeys.asc")), "key user 19 subkey 24 subkey 24");
    EXPECT_EQ(kept(key_file("subkey-revoked.asc")), "key user 19 subkey 24");
}

/// Each case is Docker's key and an addition that its owner has not signed, which is left out.
TEST(OpenPgpKey, DropsPacketsTheOwnerHasNotSigned) {
    const Packets docker = packets_of(key_file("docker-deb.asc"));
    const Packets other = packets_of(key_file("subkeys.asc"));
    ASSERT_EQ(docker.size(), 5U);
    ASSERT_EQ(other.size(), 9U);
    const auto& [user, user_signature, subkey, binding] =
        std::tie(docker[1], docker[2], docker[3], docker[4]);
    const auto key_as_subkey = std::pair(PacketTag::public_subkey, other[0].second);
    const auto& [other_user, other_subkey, other_binding] = std::tie(other[1], other[3], other[4]);
    const auto attribute = std::pair(PacketTag::user_attribute, std::string("\x02\x01x"));
    const Packets additions[] = {
        {key_as_subkey},
        {key_as_subkey, binding},
        {other_subkey, other_binding},
        {other_subkey, binding, other_binding},
        {other_user},
        {other_user, user_signature},
        {other_user, other[2]},
        {user, other[2]},
        {attribute, user_signature},
        {other[2]},
        {subkey},
        {user},
    };
    const std::string clean = read_openpgp_key(armoured(docker))->armoured;
    for (const Packets& addition : additions) {
        const auto key = read_openpgp_key(armoured(with(docker, addition)));
        ASSERT_TRUE(key) << key.error().message();
        EXPECT_EQ(key->armoured, clean) << contents(armoured(with(docker, addition)));
    }
    EXPECT_EQ(kept(armoured({docker[0], user, user_signature, subkey})), "key user 19");
    EXPECT_EQ(kept(armoured({docker[0], subkey, binding, user, user_signature})), "key user 19 subkey 24");
    EXPECT_THAT(refusal(armoured({docker[0], user, subkey, binding})), HasSubstr("no user id"));
}

/// A signature does not cover all of its own packet, so anybody can change the rest.
TEST(OpenPgpKey, HasNoUnsignedSubpackets) {
    Packets docker = packets_of(key_file("docker-deb.asc"));
    const std::string clean = read_openpgp_key(armoured(docker))->armoured;
    std::string& body = docker[2].second;
    const Signature signature = *read_signature(body);
    const std::string foreign =
        "\x09\x10"
        "ABCDEFGH"
        "\x05\x64"
        "note";
    body = std::string(signature.hashed_part) + big_endian(foreign.size(), 2) + foreign +
           std::string(signature.hash_and_numbers);
    EXPECT_EQ(read_openpgp_key(armoured(docker))->armoured, clean);
}

/// Without this check, somebody could claim a subkey whose private key they do not have.
TEST(OpenPgpKey, HasNoSubkeyWithoutABackSignature) {
    Packets docker = packets_of(key_file("docker-deb.asc"));
    const Signature binding = *read_signature(docker[4].second);
    const std::string id = "ABCDEFGH";
    const std::string back(embedded_in(binding).at(0));
    docker[4].second = signature_body(binding, id, back);
    EXPECT_EQ(kept(armoured(docker)), "key user 19 subkey 24");
    for (const std::string& none : {std::string(), docker[2].second, replaced(back, "\x04\x19", "\x04\x18"),
                                    back.substr(0, back.size() - 1) + "x"}) {
        docker[4].second = signature_body(binding, id, none);
        EXPECT_EQ(kept(armoured(docker)), "key user 19");
    }
}

/// Changing any byte removes the part of the key that the byte belongs to.
TEST(OpenPgpKey, IsProtectedInEachByte) {
    const Packets key = packets_of(one_key);
    const std::string clean = read_openpgp_key(one_key)->armoured;
    for (std::size_t packet = 0; packet < key.size(); ++packet) {
        for (std::size_t at = 0; at < key[packet].second.size(); ++at) {
            Packets changed = key;
            changed[packet].second[at] ^= 1;
            const auto read = read_openpgp_key(armoured(changed));
            if (!read) continue;
            EXPECT_EQ(read->armoured, clean) << packet << " " << at << ": not signed, not kept";
        }
    }
}

TEST(OpenPgpKey, IsASingleCompleteKey) {
    const std::string one = one_key;
    const std::string bad[] = {
        two_keys,
        one + one,
        "",
        "<html>404</html>",
        "-----BEGIN PGP PUBLIC KEY BLOCK-----",
        "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n-----END PGP PUBLIC KEY BLOCK-----\n",
        "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----\n",
        one + "-----BEGIN PGP MESSAGE-----\n",
        replaced(one, "=Qwm6", "=Qwm7"),
        replaced(one, "=Qwm6\n", "=Qwm6\nmDMEawXf\n"),  // data after the checksum
        replaced(one, "\n\n", "\nmDMEawXf\n\n"),        // data before the empty line
        replaced(one, "\n\n", "\n"),
        replaced(one, "mDME", "mDM"),   // a letter is missing
        replaced(one, "mDME", "mDM*"),  // not base64
        replaced(one, "PUBLIC", "PRIVATE"),
        one + std::string(longest_openpgp_key, ' '),
    };
    for (const std::string& text : bad) EXPECT_NE(refusal(text), "") << text;
}

TEST(OpenPgpKey, RefusesPacketsOfOtherVersions) {
    const std::string bytes = *read_armour(one_key);
    const Packets key = packets_of(one_key);
    const auto wrong_version = std::pair(key[0].first, "\x03" + key[0].second.substr(1));
    const std::string bad[] = {
        write_armour(bytes + "\x99"),
        write_armour(bytes + std::string(1, '\0')),
        write_armour(bytes.substr(0, bytes.size() - 1)),
        write_armour("\x9b" + bytes.substr(2)),                  // old format, indeterminate length
        write_armour("\xc6\xe5" + key[0].second.substr(0, 32)),  // new format, partial length
        write_armour("\xc6\xff\xff\xff\xff\xff" + key[0].second),
        armoured({key[1], key[2]}),
        armoured({key[2], key[0], key[1]}),
        armoured({{PacketTag::public_subkey, key[0].second}, key[1], key[2]}),
        armoured({wrong_version, key[1], key[2]}),
        armoured({key[0], key[1], key[2], key[0]}),
        armoured({key[0], key[1], key[2], {static_cast<PacketTag>(8), "compressed"}}),
        armoured({key[0], key[1], key[2], {static_cast<PacketTag>(5), key[0].second}}),
        armoured({{key[0].first, key[0].second + "x"}, key[1], key[2]}),
    };
    for (const std::string& text : bad) EXPECT_NE(refusal(text), "") << contents(text);
    EXPECT_THAT(refusal(two_keys), EndsWith("a second one follows"));
    EXPECT_EQ(
        kept(write_armour(new_packet(key[0].first, key[0].second) + bytes.substr(2 + key[0].second.size()))),
        "key user 19")
        << "of the new form";
}

TEST(OpenPgpKey, IsRejectedIfRevokedOrWeak) {
    const std::string prefix = "not one OpenPGP public key: ";
    const std::string known = "; only RSA from 2048 bits on and Ed25519, version 4, are known";
    EXPECT_EQ(refusal(key_file("revoked.asc")), prefix + "its owner has revoked it");
    EXPECT_EQ(refusal(key_file("sha1.asc")), prefix + "it has no user id that it has signed with SHA-2");
    EXPECT_EQ(refusal(key_file("small.asc")), prefix + "its numbers are not those of a key" + known);
    EXPECT_EQ(refusal(key_file("ecdsa.asc")), prefix + "its algorithm has the number 19" + known);
}

}  // namespace
}  // namespace dockerext::packages
