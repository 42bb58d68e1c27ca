#include "base/json_writer.hpp"
#include "cli/execute.hpp"

#include <ostream>

namespace dockerext::cli {
namespace {

std::string to_json(const model::Removal& removal) {
    JsonWriter json;
    json.begin_object();
    json.begin_array("done");
    for (const std::string& step : removal.done) json.text(step);
    json.end_array();
    json.text("kept", removal.skip_reason);
    json.end_object();
    return json.take();
}

/// `nothing`: what was not done, if there is a reason.
Exit show(const Context& context, const Result<model::Removal>& removal, std::string_view nothing) {
    if (!removal) return report_error(context, Exit::failed, removal.error().message());
    if (context.json) return show_json(context, to_json(*removal)), Exit::success;
    for (const std::string& step : removal->done) context.console.out << printable(step) << ": done\n";
    if (!removal->skip_reason.empty())
        context.console.out << nothing << ": " << printable(removal->skip_reason) << "\n";
    return Exit::success;
}

}  // namespace

Exit execute(const RemoveEngine& command, Context& context) {
    return show(context, context.services.remove_engine(context.root, command.docker_host),
                "nothing removed");
}

Exit execute(const LeaveSwarm& command, Context& context) {
    const auto asked = command.is_uninstallation ? model::Asked::by_settings : model::Asked::by_operator;
    return show(context, context.services.leave_swarm(context.root, command.docker_host, asked), "not left");
}

}  // namespace dockerext::cli
