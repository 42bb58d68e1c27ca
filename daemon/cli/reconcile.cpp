#include "base/json_writer.hpp"
#include "cli/execute.hpp"
#include "cli/waiting.hpp"

#include <ostream>

namespace dockerext::cli {
namespace {

std::string services_json(const std::vector<std::string>& services) {
    JsonWriter json;
    json.begin_object();
    json.begin_array("services");
    for (const std::string& service : services) json.text(service);
    json.end_array();
    json.end_object();
    return json.take();
}

Exit follow(const Result<HttpResponse>& answer, const char* begun, std::optional<std::chrono::seconds> wait,
            Context& context) {
    if (!is_success(answer)) return report_error(context, answer);
    if (wait) return wait_until_converged(std::nullopt, *wait, context);
    if (context.json) show_json(context, answer->body);
    else context.console.out << begun << " Follow with `dockerextd status --watch`.\n";
    return Exit::success;
}

}  // namespace

Exit execute(const Reconcile& command, Context& context) {
    const auto answer = context.daemon.post("/v1/reconcile", services_json(command.services));
    return follow(answer, "Check started.", command.wait, context);
}

Exit execute(const Restart& command, Context& context) {
    const auto answer = context.daemon.post("/v1/restart", services_json(command.services));
    return follow(answer, "Restart requested.", command.wait, context);
}

}  // namespace dockerext::cli
