#include "base/json_writer.hpp"
#include "cli/execute.hpp"
#include "cli/settings_files.hpp"

#include <ostream>

namespace dockerext::cli {
namespace {

std::string verdict_json(const std::vector<Problem>& problems, const std::vector<std::string>& warnings) {
    JsonWriter json;
    json.begin_object();
    json.boolean("valid", problems.empty());
    write_problems(json, "problems", problems);
    json.begin_array("warnings");
    for (const std::string& warning : warnings) json.text(warning);
    json.end_array();
    json.end_object();
    return json.take();
}

Exit validate_to_json(const Validate& command, const Context& context) {
    const auto envelope = read_settings(command.files, context);
    if (!envelope) return report_error(context, Exit::usage, envelope.error().message());
    const auto [problems, warnings] = context.services.validate(*envelope, context.root);
    show_json(context, verdict_json(problems, warnings));
    return problems.empty() ? Exit::success : Exit::usage;
}

}  // namespace

Exit execute(const Validate& command, Context& context) {
    if (context.json) return validate_to_json(command, context);
    const auto checked = checked_settings(command.files, context);
    if (const Exit* exit = std::get_if<Exit>(&checked)) return *exit;
    context.console.out << "valid\n";
    return Exit::success;
}

}  // namespace dockerext::cli
