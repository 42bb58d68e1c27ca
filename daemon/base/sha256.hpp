#pragma once

#include <string>
#include <string_view>

namespace dockerext {

/// SHA-256 in lower-case hex.
std::string sha256_hex(std::string_view bytes);

}  // namespace dockerext
