#pragma once

#include "cli/answers.hpp"
#include "cli/context.hpp"
#include "cli/terminal_text.hpp"

#include <string>

namespace dockerext::cli {

/// A plan as text, service by service: the effect and its reason, each field that changes, the steps and
/// the steps that they wait for; then what is held.
std::string plan_listing(const PlanAnswer& plan, const TerminalStyle& style);

bool is_empty(const PlanAnswer& plan) noexcept;

/// Shows the plan in an answer of the daemon; `pending` unless it is empty.
Exit show_plan(const Result<HttpResponse>& answer, const Context& context);

/// Shows what the daemon would do under these valid settings; `pending` unless it is nothing.
Exit preview(const model::Envelope& envelope, const Context& context);

}  // namespace dockerext::cli
