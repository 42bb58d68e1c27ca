#include "cli/answers.hpp"
#include "cli/execute.hpp"

#include <ostream>

namespace dockerext::cli {

/// The document is JSON itself.
Exit execute(const ShowSettings&, Context& context) {
    const auto answer = context.daemon.get("/v1/settings");
    if (!is_success(answer)) return report_error(context, answer);
    const auto text = text_in_answer(answer->body, "settings");
    if (!text) return report_error(context, Exit::failed, text.error().message());
    context.console.out << printable_lines(*text) << (text->ends_with('\n') ? "" : "\n");
    return Exit::success;
}

}  // namespace dockerext::cli
