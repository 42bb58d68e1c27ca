#pragma once

#include "cli/context.hpp"

namespace dockerext::cli {

/// Shows what the daemon would do under these valid settings; `pending` unless it is nothing.
Exit preview(const model::Envelope& envelope, const Context& context);

/// Shows the plan in an answer; `pending` unless the plan is empty.
Exit show_plan(const Result<HttpResponse>& answer, const Context& context);

}  // namespace dockerext::cli
