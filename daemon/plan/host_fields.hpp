#pragma once

#include "plan/compared_field.hpp"

#include <span>

namespace dockerext::plan {

/// Limits, devices and namespaces: what the service asks of the host.
std::span<const ComparedField> host_fields();

}  // namespace dockerext::plan
