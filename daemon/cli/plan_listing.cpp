#include "cli/plan_listing.hpp"

#include "cli/table.hpp"
#include "cli/words.hpp"

namespace dockerext::cli {
namespace {

std::string after_text(const std::vector<std::uint64_t>& after) {
    std::vector<std::string> ids;
    for (const std::uint64_t id : after) ids.push_back(std::to_string(id));
    return ids.empty() ? "" : "after " + joined(ids, ", ");
}

/// Why; then each field that changes; then what must come first.
std::string details(const PlannedStep& step) {
    std::vector<std::string> lines{printable(step.reason)};
    for (const model::Change& change : step.changes) lines.push_back(change_text(change));
    lines.push_back(after_text(step.after));
    if (!step.waits_for.empty()) lines.push_back("waits for " + printable(step.waits_for));
    return joined(lines, "\n");
}

}  // namespace

bool is_empty(const PlanAnswer& plan) noexcept { return plan.steps.empty() && plan.held.empty(); }

std::string plan_listing(const PlanAnswer& plan, const Look& look) {
    if (is_empty(plan)) return "nothing to do\n";
    Table table;
    for (const PlannedStep& step : plan.steps) {
        table.row({{std::to_string(step.id)},
                   {printable(step.verb) + " " + printable(step.object), Colour::busy},
                   {details(step)}});
    }
    std::string out = table.empty() ? "" : counted(plan.steps.size(), "step") + " to do\n" + table.text(look);
    if (!plan.held.empty()) out += "held back:\n" + held_table(plan.held).text(look);
    return out;
}

}  // namespace dockerext::cli
