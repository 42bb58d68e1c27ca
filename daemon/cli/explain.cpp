#include "base/url.hpp"
#include "cli/execute.hpp"
#include "cli/explain_text.hpp"

#include <ostream>

namespace dockerext::cli {

Exit execute(const Explain& command, Context& context) {
    const auto answer = context.daemon.get("/v1/explain?service=" + percent_encoded(command.service));
    if (!is_fine(answer)) return complain(context, answer);
    if (context.json) return show_json(context, answer->body), Exit::fine;
    const auto explanation = parse_explanation(answer->body);
    if (!explanation) return complain(context, Exit::failed, explanation.error().message());
    context.console.out << explain_text(*explanation, context.now(), context.console.style);
    return Exit::fine;
}

}  // namespace dockerext::cli
