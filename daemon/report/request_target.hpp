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

/// "/v1/explain?service=web" and the like. Fails with `invalid_input` on anything that is not a path with a
/// query, on bad percent encodings, on a parameter given twice, and on NUL.
Result<RequestTarget> parse_target(std::string_view target);

}  // namespace dockerext::report
