#include "cli/doctor.hpp"

#include "base/json_writer.hpp"
#include "cli/execute.hpp"
#include "cli/shared_texts.hpp"
#include "cli/table.hpp"

#include <algorithm>
#include <ostream>

namespace dockerext::cli {
namespace {

using model::Finding;
using model::FindingState;

constexpr std::string_view documents = "/usr/share/doc/dockerextd";

Colour colour_of(FindingState state) {
    switch (state) {
    case FindingState::ok: return Colour::good;
    case FindingState::warning: return Colour::busy;
    case FindingState::error: return Colour::bad;
    case FindingState::skipped: return Colour::none;
    }
    return Colour::none;
}

bool has_problem(const Finding& finding) {
    return finding.state == FindingState::warning || finding.state == FindingState::error;
}

std::size_t count_of(const std::vector<Finding>& findings, FindingState state) {
    const auto is_it = [&](const Finding& finding) { return finding.state == state; };
    return static_cast<std::size_t>(std::count_if(findings.begin(), findings.end(), is_it));
}

std::string details_of(const Finding& finding) {
    std::string message = printable_lines(finding.message);
    if (!has_problem(finding)) return message;
    return joined_nonempty({message, "→ " + printable(finding.remedy), "see " + finding.reference}, "\n");
}

std::string summary_of(const std::vector<Finding>& findings) {
    std::vector<std::string> counts;
    if (const auto count = count_of(findings, FindingState::error); count > 0)
        counts.push_back(count_text(count, "error"));
    if (const auto count = count_of(findings, FindingState::warning); count > 0)
        counts.push_back(count_text(count, "warning"));
    counts.push_back(std::to_string(count_of(findings, FindingState::ok)) + " ok");
    if (const auto count = count_of(findings, FindingState::skipped); count > 0)
        counts.push_back(std::to_string(count) + " skipped");
    return joined_nonempty(counts, ", ");
}

FindingState worst_of(const std::vector<Finding>& findings) {
    for (const FindingState state : {FindingState::error, FindingState::warning}) {
        if (count_of(findings, state) > 0) return state;
    }
    return FindingState::ok;
}

Exit exit_for(FindingState worst) {
    if (worst == FindingState::error) return Exit::failed;
    return worst == FindingState::warning ? Exit::pending : Exit::success;
}

}  // namespace

std::string findings_text(const std::vector<Finding>& findings, const TerminalStyle& style) {
    std::string out;
    for (auto finding = findings.begin(); finding != findings.end();) {
        const model::Category category = finding->category;
        Table table(2);
        for (; finding != findings.end() && finding->category == category; ++finding)
            table.row({{std::string(to_string(finding->state)), colour_of(finding->state)},
                       {finding->id},
                       {details_of(*finding)}});
        out += std::string(to_string(category)) + "\n" + table.text(style) + "\n";
    }
    out += coloured(summary_of(findings), colour_of(worst_of(findings)), style) + "\n";
    if (std::any_of(findings.begin(), findings.end(), has_problem))
        out += "settings.md and doctor.md are in " + std::string(documents) + "\n";
    return out;
}

std::string findings_json(const std::vector<Finding>& findings) {
    JsonWriter json;
    json.begin_object();
    json.number("version", std::uint64_t{1});
    json.text("state", to_string(worst_of(findings)));
    json.begin_array("checks");
    for (const Finding& finding : findings) {
        json.begin_object();
        json.text("id", std::string(to_string(finding.category)) + "." + finding.id);
        json.text("category", to_string(finding.category));
        json.text("state", to_string(finding.state));
        json.text("message", finding.message);
        json.text("remedy", finding.remedy);
        json.text("reference", finding.reference);
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return json.take();
}

Exit execute(const Diagnose& command, Context& context) {
    const auto findings = context.services.examine_machine(context.root, command.docker_host);
    if (context.json) show_json(context, findings_json(findings));
    else context.console.out << findings_text(findings, context.console.style);
    return exit_for(worst_of(findings));
}

}  // namespace dockerext::cli
