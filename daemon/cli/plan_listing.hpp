#pragma once

#include "cli/answers.hpp"
#include "cli/terminal_text.hpp"

#include <string>

namespace dockerext::cli {

/// A plan as text, service by service: the effect and its reason, each field that changes, the steps and
/// the steps that they wait for; then what is held.
std::string plan_listing(const PlanAnswer& plan, const TerminalStyle& style);

bool is_empty(const PlanAnswer& plan) noexcept;

}  // namespace dockerext::cli
