#pragma once

#include "cli/answers.hpp"
#include "cli/terminal_text.hpp"

#include <string>

namespace dockerext::cli {

/// A plan for people, service by service: what comes of it and why, each field that changes, the steps with
/// what they come after; then what is held back.
std::string plan_listing(const PlanAnswer& plan, const TerminalStyle& style);

bool is_empty(const PlanAnswer& plan) noexcept;

}  // namespace dockerext::cli
