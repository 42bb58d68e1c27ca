#pragma once

#include "cli/context.hpp"

namespace dockerext::cli {

/// Asks what the daemon would do under these valid settings, and shows it; `pending` if that is anything.
Exit preview(const model::Envelope& envelope, const Context& context);

/// Shows an answer that is a plan; `pending` unless it is empty.
Exit show_plan(const Result<HttpResponse>& answer, const Context& context);

}  // namespace dockerext::cli
