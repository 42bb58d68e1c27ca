#pragma once

#include "base/error.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace dockerext {

// Own code instead of Boost.URL: it would refuse addresses that users may have in their settings (RFC 3986
// knows no letters outside of ASCII), and no more than this is needed of it.

/// The two sides of the first "://". Views into the text.
struct Url {
    std::string_view scheme;
    std::string_view rest;  ///< "host:port/path"
};

/// nullopt if the text has no scheme.
std::optional<Url> split_url(std::string_view text);

/// Whether the scheme is http or https.
bool is_web(const std::optional<Url>& url);

/// `text` encoded for a segment of a path, or for a value in a query or a form: all but letters, digits and
/// "-._~" (RFC 3986 §2.3).
std::string percent_encoded(std::string_view text);

/// Decodes such a text; '+' is a blank, as in a form. `invalid_input` for a bad encoding, and for NUL.
Result<std::string> percent_decoded(std::string_view text);

}  // namespace dockerext
