#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dockerext {

enum class Base64 {
    standard,  ///< with '+' and '/'
    url        ///< with '-' and '_'
};

/// RFC 4648, with '=' at the end. The text is made in one piece, so that a Secret made of it is all there is.
std::string base64(std::string_view bytes, Base64 alphabet = Base64::standard);

/// The bytes of a text in the standard alphabet, in one piece; none when it is not exactly as `base64` writes
/// it.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace dockerext
