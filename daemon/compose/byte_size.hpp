#pragma once

#include "base/error.hpp"
#include "model/container_spec.hpp"

#include <string_view>

namespace dockerext::compose {

/// Parses "64k", "1.5gb", "1 GiB", "1e3": a number, and a unit that is a power of 1024; without a unit,
/// bytes.
Result<model::Bytes> parse_bytes(std::string_view text);

}  // namespace dockerext::compose
