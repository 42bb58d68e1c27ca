#include "base/json_writer.hpp"
#include "cli/execute.hpp"
#include "cli/times.hpp"

#include <ostream>

namespace dockerext::cli {
namespace {

Exit tell(const Result<HttpResponse>& answer, const std::string& text, const Context& context) {
    if (!is_fine(answer)) return complain(context, answer);
    if (context.json) show_json(context, answer->body);
    else context.console.out << text << "\n";
    return Exit::fine;
}

}  // namespace

Exit execute(const Pause& command, Context& context) {
    JsonWriter json;
    json.begin_object();
    if (command.duration) json.number("seconds", std::int64_t{command.duration->count()});
    json.end_object();
    const std::string until =
        command.duration ? "for " + duration_text(*command.duration) : "until `dockerextd resume`";
    return tell(context.daemon.post("/v1/pause", json.take()), "paused " + until, context);
}

Exit execute(const Resume&, Context& context) {
    return tell(context.daemon.post("/v1/resume", "{}"), "resumed", context);
}

}  // namespace dockerext::cli
