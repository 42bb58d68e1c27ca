#include "cli/explain.hpp"

#include "base/url.hpp"
#include "cli/execute.hpp"
#include "cli/history.hpp"
#include "cli/plan.hpp"
#include "cli/shared_texts.hpp"
#include "cli/table.hpp"
#include "cli/times.hpp"
#include "model/registry.hpp"

#include <algorithm>
#include <ostream>

namespace dockerext::cli {
namespace {

using namespace model;

constexpr std::size_t short_id = 12;
constexpr std::size_t max_actions = 10;

std::string title(const ServiceStatus& service, WallTime now, const TerminalStyle& style) {
    std::string line = printable(service.name.value) + ": " + std::string(to_string(service.state)) + ", " +
                       std::to_string(service.running) + " of " + std::to_string(service.desired_replicas) +
                       " running";
    if (service.since && !is_converged(service.state)) {
        line += ", since " + date_text(*service.since) + " " + clock_text(*service.since) + " (" +
                duration_text(now - *service.since) + ")";
    }
    std::string out;
    for (const std::string& part : wrap(line, style.columns, style.whole_words)) {
        out += coloured(part, colour_of(service.state), style) + "\n";
    }
    return out;
}

/// What the registry said when it was last asked for a newer image; "" if it is not asked.
std::string image_check_text(const ImageCheckStatus& check, WallTime now) {
    std::vector<std::string> lines;
    if (check.checked_at) lines.push_back("asked " + duration_text(now - *check.checked_at) + " ago");
    if (!check.newer.empty())
        lines.push_back("it has a newer image: " + printable(short_digest(check.newer)));
    else if (check.checked_at) lines.push_back("no newer image");
    if (!check.error.empty()) lines.push_back("the last question failed: " + printable(check.error));
    return joined_nonempty(lines, "; ");
}

std::string facts(const ServiceStatus& service, WallTime now, const TerminalStyle& style) {
    Table table(2);
    if (!service.reason.empty()) table.row({{"why"}, {reason_text(service, now)}});
    for (const Change& change : service.drift) table.row({{"differs"}, {change_text(change)}});
    const std::string attempts = attempts_text(service, now);
    if (!attempts.empty()) table.row({{"attempts"}, {attempts}});
    const std::string registry = image_check_text(service.image_check, now);
    if (!registry.empty()) table.row({{"registry"}, {registry}});
    return table.text(style);
}

std::string container_table(const ServiceStatus& service, const TerminalStyle& style) {
    if (service.containers.empty()) return "\nno containers\n";
    Table table(2);
    for (const ContainerStatus& container : service.containers) {
        std::string state(container.state ? to_string(*container.state) : "unknown");
        if (container.health != Health::none) state += " (" + std::string(to_string(container.health)) + ")";
        table.row({{printable(container.name.value)},
                   {printable(container.id.value.substr(0, short_id))},
                   {state},
                   {image_text(container)}});
    }
    return "\ncontainers:\n" + table.text(style);
}

std::string evidence_listing(const ServiceStatus& service, const TerminalStyle& style) {
    std::string out;
    for (const Evidence& evidence : service.evidence) {
        Table table(2);
        for (const std::string& line : evidence.lines) table.row({{printable(line)}});
        out += "\n" + printable(evidence.what) + ":\n" + table.text(style);
    }
    return out;
}

std::string object_text(const ObjectStatus& object, const TerminalStyle& style) {
    Table table(2);
    if (!object.reason.empty()) table.row({{"why"}, {printable(object.reason)}});
    for (const ObjectStatus::Fact& fact : object.facts)
        table.row({{printable(fact.name)}, {printable(fact.text)}});
    return printable(to_string(object.subject) + ": " + object.state) + "\n" + table.text(style);
}

std::string indented(const std::string& text) {
    std::string out;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        if (end > begin) out += "  ";
        out += text.substr(begin, end - begin) + "\n";
        begin = end + 1;
    }
    return out;
}

}  // namespace

std::string explain_text(const Explanation& explanation, WallTime now, const TerminalStyle& style) {
    TerminalStyle inner = style;
    inner.columns -= std::min<std::size_t>(2, inner.columns);
    std::vector<state::JournalEntry> last = explanation.history;
    if (last.size() > max_actions) last.erase(last.begin(), last.end() - max_actions);
    const ServiceStatus& service = explanation.service;
    const std::string state = explanation.object
                                  ? object_text(*explanation.object, style)
                                  : title(service, now, style) + facts(service, now, style) +
                                        evidence_listing(service, style) + container_table(service, style);
    return state + "\nplan:\n" + indented(plan_listing(explanation.plan, inner)) + "\nlast actions:\n" +
           indented(history_text(last, inner));
}

Exit execute(const Explain& command, Context& context) {
    const auto answer = context.daemon.get("/v1/explain?service=" + percent_encoded(command.service));
    if (!is_success(answer)) return report_error(context, answer);
    if (context.json) return show_json(context, answer->body), Exit::success;
    const auto explanation = parse_explanation(answer->body);
    if (!explanation) return report_error(context, Exit::failed, explanation.error().message());
    context.console.out << explain_text(*explanation, context.now(), context.console.style);
    return Exit::success;
}

}  // namespace dockerext::cli
