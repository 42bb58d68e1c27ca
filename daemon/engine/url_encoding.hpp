#pragma once

#include <string>
#include <string_view>

namespace dockerext::engine {

/// `text` encoded for a query or path of a URL.
std::string url_encoded(std::string_view text);

}  // namespace dockerext::engine
