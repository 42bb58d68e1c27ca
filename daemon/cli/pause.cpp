#include "base/json_writer.hpp"
#include "cli/execute.hpp"
#include "cli/times.hpp"

#include <ostream>

namespace dockerext::cli {
namespace {

Exit print_result(const Result<HttpResponse>& answer, const std::string& text, const Context& context) {
    if (!is_success(answer)) return report_error(context, answer);
    if (context.json) show_json(context, answer->body);
    else context.console.out << text << "\n";
    return Exit::success;
}

}  // namespace

Exit execute(const Pause& command, Context& context) {
    JsonWriter json;
    json.begin_object();
    if (command.duration) json.number("seconds", std::int64_t{command.duration->count()});
    json.end_object();
    const std::string until =
        command.duration ? "for " + duration_text(*command.duration) : "until `dockerextd resume`";
    return print_result(context.daemon.post("/v1/pause", json.take()), "paused " + until, context);
}

Exit execute(const Resume&, Context& context) {
    return print_result(context.daemon.post("/v1/resume", "{}"), "resumed", context);
}

}  // namespace dockerext::cli
