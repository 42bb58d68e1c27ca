#include "base/json_writer.hpp"
#include "cli/execute.hpp"

#include <ostream>

namespace dockerext::cli {
namespace {

std::string to_json(const model::EngineRemoval& removal) {
    JsonWriter json;
    json.begin_object();
    json.begin_array("done");
    for (const std::string& step : removal.done) json.text(step);
    json.end_array();
    json.text("kept", removal.skip_reason);
    json.end_object();
    return json.take();
}

}  // namespace

Exit execute(const RemoveEngine& command, Context& context) {
    const auto removal = context.services.remove_engine(context.root, command.docker_host);
    if (!removal) return report_error(context, Exit::failed, removal.error().message());
    if (context.json) return show_json(context, to_json(*removal)), Exit::success;
    for (const std::string& step : removal->done) context.console.out << printable(step) << ": done\n";
    if (!removal->skip_reason.empty())
        context.console.out << "nothing removed: " << removal->skip_reason << "\n";
    return Exit::success;
}

}  // namespace dockerext::cli
