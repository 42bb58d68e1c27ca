#pragma once

#include "base/error.hpp"
#include "model/container_spec.hpp"

#include <string_view>

namespace dockerext::compose {

/// "64k", "1.5gb", "1 GiB", "1e3": a number and a unit in powers of 1024; bytes without one.
Result<model::Bytes> parse_bytes(std::string_view text);

}  // namespace dockerext::compose
