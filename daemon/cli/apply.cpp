#include "base/json_writer.hpp"
#include "cli/execute.hpp"
#include "cli/plan.hpp"
#include "cli/settings_files.hpp"
#include "cli/waiting.hpp"

#include <ostream>

namespace dockerext::cli {
namespace {

std::string receipt_json(std::int64_t sequence, const Result<HttpResponse>& daemon) {
    JsonWriter json;
    json.begin_object();
    json.number("sequence", sequence);
    json.boolean("daemonReachable", daemon.has_value());
    json.end_object();
    return json.take();
}

/// Confirms the submission; used without `--wait`.
Exit show_receipt(std::int64_t sequence, const Context& context) {
    const auto daemon = context.daemon.get("/v1/status");
    if (context.json) show_json(context, receipt_json(sequence, daemon));
    else if (daemon) context.console.out << "Submitted. Follow with `dockerextd status --watch`.\n";
    else
        context.console.out
            << "Submitted. The daemon is not running; it applies the settings when it starts.\n";
    return Exit::success;
}

}  // namespace

Exit execute(const Apply& command, Context& context) {
    auto checked = checked_settings(command.files, context);
    if (const Exit* exit = std::get_if<Exit>(&checked)) return *exit;
    model::Envelope& envelope = std::get<model::Envelope>(checked);
    if (command.dry_run) return preview(envelope, context);
    if (command.wait) {
        const auto daemon = context.daemon.get("/v1/status");
        if (!is_success(daemon)) return report_error(context, daemon);
    }
    const auto sequence = submit(std::move(envelope), context);
    if (!sequence) return report_error(context, Exit::failed, sequence.error().message());
    if (!command.wait) return show_receipt(*sequence, context);
    return wait_until_converged(*sequence, *command.wait, context);
}

}  // namespace dockerext::cli
