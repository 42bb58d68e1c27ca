#pragma once

#include "base/error.hpp"

#include <map>
#include <string>
#include <string_view>

namespace dockerext::report {

/// The target of an HTTP request, decoded.
struct RequestTarget {
    std::string path;
    std::map<std::string, std::string> query;
};

/// Parses a target such as "/v1/explain?service=web". `invalid_input` for anything that is not a path with an
/// optional query, for bad percent encodings, for a repeated parameter, and for NUL.
Result<RequestTarget> parse_target(std::string_view target);

}  // namespace dockerext::report
