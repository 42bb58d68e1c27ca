#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dockerext {

enum class Base64 {
    standard,  ///< with '+' and '/'
    url        ///< with '-' and '_'
};

/// RFC 4648, with '=' at the end. Builds the text in one allocation, so that a Secret made from it leaves no
/// other copy.
std::string base64(std::string_view bytes, Base64 alphabet = Base64::standard);

/// The bytes of a text in the standard alphabet, in one allocation; nullopt unless the text is exactly what
/// `base64` writes.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace dockerext
