#include "base/json_writer.hpp"
#include "cli/execute.hpp"
#include "cli/waiting.hpp"

#include <ostream>

namespace dockerext::cli {

Exit execute(const Reconcile& command, Context& context) {
    JsonWriter json;
    json.begin_object();
    json.begin_array("services");
    for (const std::string& service : command.services) json.text(service);
    json.end_array();
    json.end_object();
    const auto answer = context.daemon.post("/v1/reconcile", json.take());
    if (!is_success(answer)) return report_error(context, answer);
    if (command.wait) return wait_until_converged(std::nullopt, *command.wait, context);
    if (context.json) show_json(context, answer->body);
    else context.console.out << "Check started. Follow with `dockerextd status --watch`.\n";
    return Exit::success;
}

}  // namespace dockerext::cli
