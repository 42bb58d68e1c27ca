#include "base/iso_time.hpp"
#include "base/url.hpp"
#include "cli/execute.hpp"
#include "cli/history_text.hpp"

#include <ostream>

namespace dockerext::cli {

Exit execute(const ShowHistory& command, Context& context) {
    const std::string since = command.since ? "?since=" + percent_encoded(iso_time(*command.since)) : "";
    const auto answer = context.daemon.get("/v1/history" + since);
    if (!is_fine(answer)) return complain(context, answer);
    if (context.json) return show_json(context, answer->body), Exit::fine;
    const auto steps = parse_history(answer->body);
    if (!steps) return complain(context, Exit::failed, steps.error().message());
    context.console.out << history_text(*steps, context.console.style);
    return Exit::fine;
}

}  // namespace dockerext::cli
