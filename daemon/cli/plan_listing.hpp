#pragma once

#include "cli/answers.hpp"
#include "cli/terminal_text.hpp"

#include <string>

namespace dockerext::cli {

/// A plan for people: its steps in order, with why, what they wait for, and what is held back.
std::string plan_listing(const PlanAnswer& plan, const Look& look);

bool is_empty(const PlanAnswer& plan) noexcept;

}  // namespace dockerext::cli
