#include "base/json_writer.hpp"
#include "cli/checked_settings.hpp"
#include "cli/execute.hpp"
#include "cli/plan_listing.hpp"
#include "cli/preview.hpp"

#include <ostream>

namespace dockerext::cli {

Exit show_plan(const Result<HttpResponse>& answer, const Context& context) {
    if (!is_fine(answer)) return complain(context, answer);
    const auto plan = parse_plan(answer->body);
    if (!plan) return complain(context, Exit::failed, plan.error().message());
    if (context.json) show_json(context, answer->body);
    else context.console.out << plan_listing(*plan, context.console.style);
    return is_empty(*plan) ? Exit::fine : Exit::pending;
}

Exit preview(const model::Envelope& envelope, const Context& context) {
    JsonWriter json;
    json.begin_object();
    json.text("settings", envelope.public_settings);
    json.text("protected", envelope.protected_settings.reveal());
    json.end_object();
    return show_plan(context.daemon.post("/v1/plan", json.take()), context);
}

Exit execute(const ShowPlan& command, Context& context) {
    if (command.settings_file.empty()) return show_plan(context.daemon.get("/v1/plan"), context);
    const auto checked = checked_settings(command.settings_file, command.protected_file, context);
    if (const Exit* exit = std::get_if<Exit>(&checked)) return *exit;
    return preview(std::get<model::Envelope>(checked), context);
}

}  // namespace dockerext::cli
