#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dockerext::packages {

/// The bytes of the only armoured public key in a text (RFC 4880 §6). Other lines before and after the block
/// are ignored. Nullopt if there is no block, more than one block of any kind, or an invalid block.
std::optional<std::string> read_armour(std::string_view text);

/// Writes an armoured public key: no headers, lines of 64 characters, a checksum.
std::string write_armour(std::string_view bytes);

}  // namespace dockerext::packages
