#pragma once

#include "systemd/unit_facts.hpp"

#include <string>

namespace dockerext::systemd {

/// Why the service does not answer, and the command to run next, for an operator: "dockerextd.service is
/// stopped; run `systemctl start dockerextd`". `name` is without ".service".
std::string explain_unit(const std::string& name, const UnitFacts& unit);

/// The same, asked of systemd; "" if it does not say within a few seconds. Blocks.
std::string explain_unit(const std::string& name);

}  // namespace dockerext::systemd
