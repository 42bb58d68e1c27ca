#include "base/json_writer.hpp"
#include "cli/answers.hpp"
#include "cli/execute.hpp"
#include "cli/plan.hpp"
#include "cli/table.hpp"
#include "cli/times.hpp"

#include <ostream>

namespace dockerext::cli {
namespace {

std::string origin_of(const GoodSettings& good) {
    const bool from_azure = good.source == model::SettingsSource::azure;
    return from_azure ? "Azure, sequence " + std::to_string(good.sequence) : "the command line";
}

std::string good_text(const std::vector<GoodSettings>& all, const TerminalStyle& style) {
    if (all.empty()) return "no settings yet with which everything ran\n";
    Table table;
    for (const GoodSettings& good : all) {
        table.row({{std::to_string(good.number)},
                   {"ran since " + date_text(good.at) + " " + clock_text(good.at)},
                   {"from " + origin_of(good)}});
    }
    return table.text(style);
}

Exit list(const Context& context) {
    const auto answer = context.daemon.get("/v1/good");
    if (!is_success(answer)) return report_error(context, answer);
    if (context.json) return show_json(context, answer->body), Exit::success;
    const auto good = parse_good(answer->body);
    if (!good) return report_error(context, Exit::failed, good.error().message());
    context.console.out << good_text(*good, context.console.style);
    return Exit::success;
}

std::string request(std::string_view key, std::optional<unsigned> number) {
    JsonWriter json;
    json.begin_object();
    json.number(key, std::uint64_t{number.value_or(0)});
    json.end_object();
    return json.take();
}

}  // namespace

Exit execute(const Rollback& command, Context& context) {
    if (command.list) return list(context);
    if (command.dry_run)
        return show_plan(context.daemon.post("/v1/plan", request("rollback", command.to)), context);
    const auto answer = context.daemon.post("/v1/rollback", request("to", command.to));
    if (!is_success(answer)) return report_error(context, answer);
    if (context.json) show_json(context, answer->body);
    else context.console.out << "Rolling back. Follow with `dockerextd status --watch`.\n";
    return Exit::success;
}

}  // namespace dockerext::cli
