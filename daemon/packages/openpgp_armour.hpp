#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dockerext::packages {

/// The bytes of the one armoured public key in a text (RFC 4880 §6); other lines may stand around the block.
/// None when there is no block or more than one of any kind, or when anything in it is not as it should be.
std::optional<std::string> read_armour(std::string_view text);

/// An armoured public key: no headers, lines of 64 characters, a checksum.
std::string write_armour(std::string_view bytes);

}  // namespace dockerext::packages
