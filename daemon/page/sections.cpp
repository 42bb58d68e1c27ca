#include "page/sections.hpp"

#include "base/joined.hpp"
#include "page/graph_drawing.hpp"
#include "page/page_texts.hpp"
#include "page/table_writer.hpp"
#include "state/repetitions.hpp"

#include <algorithm>
#include <set>

namespace dockerext::page {
namespace {

using state::JournalEntry;

void write_term(HtmlWriter& html, Literal term, std::string_view text) {
    html.begin("div");
    html.element("dt", term.text);
    html.element("dd", text);
    html.end();
}

std::string settings_text(const model::SettingsStatus& settings) {
    if (!settings.source) return "none have arrived";
    std::string text(to_string(settings.state));
    // An operator's sequence is the time of submission in microseconds.
    if (*settings.source == model::SettingsSource::azure)
        text += ", from Azure, sequence " + std::to_string(settings.sequence);
    else
        text += ", from the command line, " +
                time_text(model::WallTime(std::chrono::microseconds(settings.sequence)));
    return text;
}

std::string engine_text(const model::EngineStatus& engine) {
    std::string text(to_string(engine.state));
    if (!engine.version.empty()) text += ", version " + engine.version;
    if (!engine.api.empty()) text += ", API " + engine.api;
    if (engine.since != model::WallTime{}) text += ", since " + time_text(engine.since);
    if (!engine.message.empty()) text += ": " + engine.message;
    return text;
}

std::string pause_text(model::WallTime until) {
    if (until == model::WallTime::max()) return "until `dockerextd resume`";
    return "until " + time_text(until);
}

template <typename State>
void write_state_cell(HtmlWriter& html, TableWriter& table, State state) {
    table.begin_cell();
    write_badge(html, to_string(state), tone_of(state));
    table.end_cell();
}

/// Each field with what it is and what it should be.
void write_changes(HtmlWriter& html, const std::vector<model::Change>& changes) {
    if (changes.empty()) return;
    html.begin("ul", {{"class", "changes"}});
    for (const auto& [field, have, want] : changes) {
        html.begin("li");
        html.element("span", field, {{"class", "field"}});
        html.text(" " + (have.empty() ? "(none)" : have) + " → " + (want.empty() ? "(none)" : want));
        html.end();
    }
    html.end();
}

/// A paragraph, unless there is nothing to say.
void write_line(HtmlWriter& html, std::string_view text, const std::string& kind = "line") {
    if (!text.empty()) html.element("p", text, {{"class", kind}});
}

void write_evidence(HtmlWriter& html, const model::Evidence& evidence) {
    if (evidence.lines.empty()) return;
    html.element("p", evidence.what + ":", {{"class", "line"}});
    html.element("pre", joined(evidence.lines, "\n"), {{"tabindex", "0"}, {"aria-label", evidence.what}});
}

void write_service(HtmlWriter& html, TableWriter& table, const model::ServiceStatus& service) {
    table.begin_row();
    table.cell(service.name.value);
    write_state_cell(html, table, service.state);
    table.cell(std::to_string(service.running) + " of " + std::to_string(service.desired_replicas));
    table.begin_cell();
    write_line(html, service.reason);
    write_changes(html, service.drift);
    for (const model::Evidence& evidence : service.evidence) write_evidence(html, evidence);
    if (service.since && !model::is_converged(service.state))
        write_line(html, "since " + time_text(*service.since));
    if (service.attempts > 0) write_line(html, "failed " + counted(service.attempts, "time"));
    if (service.next_attempt) write_line(html, "next attempt " + time_text(*service.next_attempt));
    table.end_cell();
    table.end_row();
}

void write_held(HtmlWriter& html, const std::vector<model::Held>& all) {
    if (all.empty()) return;
    TableWriter table(html, "Held back", {{"What", 25}, {"Because of", 15}, {"Reason", 60}});
    for (const model::Held& held : all) {
        table.begin_row();
        table.cell(to_string(held.subject));
        table.cell(to_string(held.why));
        table.cell(held.reason);
        table.end_row();
    }
}

/// Of the service's containers, each once; what the settings say if there are none.
std::string images_text(const model::ServiceStatus* service, const model::ServiceOutline& outline) {
    std::set<std::string> images;
    if (service != nullptr) {
        for (const model::ContainerStatus& container : service->containers)
            images.insert(container.image.value + (container.digest.empty() ? "" : "\n" + container.digest));
    }
    return images.empty() ? outline.image.value : joined(images, "\n");
}

std::string needs_text(const model::ServiceOutline& service) {
    return joined(service.depends_on, "\n", [](const auto& dependency) {
        return dependency.first.value + " " + condition_text(dependency.second);
    });
}

std::string or_none(const std::string& text, const std::string& none = "none") {
    return text.empty() ? none : text;
}

void write_action(HtmlWriter& html, TableWriter& table, const state::Repetition& repetition) {
    const JournalEntry& entry = *repetition.last;
    const bool ended =
        entry.status == JournalEntry::Status::done || entry.status == JournalEntry::Status::failed;
    table.begin_row();
    table.begin_cell();
    html.text(time_text(entry.time));
    if (repetition.count > 1)
        write_line(html, counted(repetition.count, "time") + " since " + time_text(repetition.since));
    table.end_cell();
    table.cell(or_none(entry.service, "(shared)"));
    table.cell(entry.verb + " " + entry.object);
    write_state_cell(html, table, entry.status);
    table.cell(ended ? span_text(entry.took) : "");
    table.begin_cell();
    write_line(html, entry.reason);
    write_changes(html, entry.changes);
    write_line(html, entry.error, "line error");
    table.end_cell();
    table.end_row();
}

void write_finding(HtmlWriter& html, TableWriter& table, const model::Finding& finding) {
    table.begin_row();
    table.cell(std::string(to_string(finding.category)) + "." + finding.id);
    write_state_cell(html, table, finding.state);
    table.begin_cell();
    write_line(html, finding.message, "line text");
    if (!finding.remedy.empty()) write_line(html, "→ " + finding.remedy);
    if (!finding.remedy.empty() && !finding.reference.empty())
        write_line(html, "see " + finding.reference, "note");
    table.end_cell();
    table.end_row();
}

void write_parts(HtmlWriter& html, const std::vector<model::PartStatus>& parts) {
    if (parts.empty()) return;
    TableWriter table(html, "Parts", {{"Part", 25}, {"State", 15}, {"Message", 60}});
    for (const model::PartStatus& part : parts) {
        table.begin_row();
        table.cell(part.name);
        write_state_cell(html, table, part.state);
        table.cell(part.message);
        table.end_row();
    }
}

}  // namespace

void write_state(HtmlWriter& html, const model::Status& status) {
    html.begin("dl");
    write_term(html, "Settings", settings_text(status.settings));
    write_term(html, "Engine", engine_text(status.engine));
    if (status.paused_until) write_term(html, "Paused", pause_text(*status.paused_until));
    html.end();
    for (const Problem& problem : status.settings.errors) write_line(html, message_of(problem), "line error");
    if (!status.services.empty()) {
        TableWriter table(html, "Services", {{"Service", 25}, {"State", 12}, {"Running", 9}, {"Why", 54}});
        for (const model::ServiceStatus& service : status.services) write_service(html, table, service);
    }
    write_parts(html, status.parts);
    write_held(html, status.held);
}

void write_actions(HtmlWriter& html, const state::HistoryPage& history) {
    if (history.entries.empty()) {
        html.element("p", "No action in this period.");
        return;
    }
    if (history.more) html.element("p", "Older actions of this period are not shown.");
    TableWriter table(
        html, "Actions, the newest last",
        {{"Time", 13}, {"Service", 13}, {"Action", 20}, {"Result", 10}, {"Took", 8}, {"Why", 36}});
    for (const state::Repetition& repetition : state::repetitions_in(history.entries))
        write_action(html, table, repetition);
}

void write_outlines(HtmlWriter& html, const model::Status* status,
                    const std::vector<model::ServiceOutline>& services) {
    if (services.empty()) {
        html.element("p", "No services in the settings.");
        return;
    }
    write_graph(html, status, services);
    TableWriter table(html, "Images, limits and dependencies",
                      {{"Service", 12},
                       {"Image", 30},
                       {"Waits for", 18},
                       {"Memory", 9},
                       {"CPUs", 7},
                       {"Processes", 11},
                       {"Ports", 13}});
    for (const model::ServiceOutline& service : services) {
        table.begin_row();
        table.cell(service.name.value);
        table.begin_cell();
        html.element("span",
                     images_text(status == nullptr ? nullptr : find_service(*status, service.name), service),
                     {{"class", "image"}});
        table.end_cell();
        table.cell(or_none(needs_text(service), "nothing"));
        table.cell(or_none(service.memory, "no limit"));
        table.cell(or_none(service.cpus, "no limit"));
        table.cell(or_none(service.pids, "no limit"));
        table.cell(or_none(service.ports));
        table.end_row();
    }
}

void write_plan(HtmlWriter& html, const model::PlanListing& plan) {
    if (plan.steps.empty()) html.element("p", "Nothing to do.");
    else {
        TableWriter table(html, "Steps",
                          {{"Step", 7}, {"Service", 15}, {"Action", 25}, {"Why", 43}, {"After", 10}});
        for (const model::PlannedStep& step : plan.steps) {
            table.begin_row();
            table.cell(std::to_string(step.id));
            table.cell(or_none(step.service, "(shared)"));
            table.cell(step.verb + " " + step.object);
            table.begin_cell();
            write_line(html, step.reason);
            write_changes(html, step.changes);
            if (!step.waits_for.empty()) write_line(html, "waits for " + step.waits_for);
            table.end_cell();
            table.cell(joined(step.after, ", ", [](std::uint64_t id) { return std::to_string(id); }));
            table.end_row();
        }
    }
    write_held(html, plan.held);
}

void write_findings(HtmlWriter& html, const std::vector<model::Finding>& findings) {
    using enum model::FindingState;
    std::vector<std::string> counts;
    for (const auto state : {error, warning, ok, skipped}) {
        const auto count =
            std::count_if(findings.begin(), findings.end(),
                          [&](const model::Finding& finding) { return finding.state == state; });
        if (count > 0) counts.push_back(std::to_string(count) + " " + std::string(to_string(state)));
    }
    html.element("p",
                 joined(counts, ", ") + ". The references are to the files in /usr/share/doc/dockerextd.");
    TableWriter table(html, "Checks", {{"Check", 25}, {"Result", 12}, {"Found", 63}});
    for (const auto state : {error, warning, ok, skipped}) {
        for (const model::Finding& finding : findings) {
            if (finding.state == state) write_finding(html, table, finding);
        }
    }
}

}  // namespace dockerext::page
