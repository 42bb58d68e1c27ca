#include "cli/history.hpp"

#include "base/iso_time.hpp"
#include "base/json_document.hpp"
#include "base/url.hpp"
#include "cli/answers.hpp"
#include "cli/execute.hpp"
#include "cli/shared_texts.hpp"
#include "cli/table.hpp"
#include "cli/times.hpp"
#include "state/repetitions.hpp"

#include <algorithm>
#include <ostream>
#include <span>
#include <utility>

namespace dockerext::cli {
namespace {

using StepStatus = state::JournalEntry::Status;

Colour colour_of(StepStatus status) {
    switch (status) {
    case StepStatus::done: return Colour::good;
    case StepStatus::failed: return Colour::bad;
    case StepStatus::under_way:
    case StepStatus::interrupted: return Colour::busy;
    }
    return Colour::none;
}

std::vector<Cell> row_of(const state::JournalEntry& step) {
    const std::string error = step.error.empty() ? "" : "error: " + printable(step.error);
    const bool ended = step.status == StepStatus::done || step.status == StepStatus::failed;
    return {{clock_text(step.time)},
            {printable(step.verb) + " " + printable(step.object)},
            {std::string(to_string(step.status)), colour_of(step.status)},
            {ended ? took_text(step.took) : ""},
            {joined_nonempty({reason_text(step.reason, step.changes), error}, "\n")}};
}

/// Of steps that repeat, only the last has a row.
Table day_table(std::span<const state::JournalEntry> steps) {
    Table table;
    for (const auto& [step, count, since] : state::repetitions_in(steps)) {
        std::vector<Cell> row = row_of(*step);
        if (count > 1) row[1].text += "\n" + count_text(count, "time") + " since " + clock_text(since);
        table.row(std::move(row));
    }
    return table;
}

std::string query_of(const ShowHistory& command, bool json) {
    constexpr unsigned for_people = 200, for_programs = 10'000;
    std::string query = "limit=" + std::to_string(command.lines.value_or(json ? for_programs : for_people));
    if (command.since) query += "&since=" + percent_encoded(iso_time(*command.since));
    if (command.until) query += "&until=" + percent_encoded(iso_time(*command.until));
    if (!command.service.empty()) query += "&service=" + percent_encoded(command.service);
    if (command.failed) query += "&failed=1";
    return query;
}

/// One JSON object per line.
Exit show_lines(const Context& context, const std::string& body) {
    const auto document = parse_answer(body);
    if (!document) return report_error(context, Exit::failed, document.error().message());
    const auto entries = document->root().at("entries");
    if (!entries) return report_error(context, Exit::failed, "the daemon's answer has no entries");
    const auto items = entries->items();
    if (!items) return report_error(context, Exit::failed, "the daemon's answer has no list of entries");
    for (const JsonCursor& entry : *items) context.console.out << entry.text() << "\n";
    return Exit::success;
}

}  // namespace

std::string history_text(const std::vector<state::JournalEntry>& steps, const TerminalStyle& style) {
    std::string out, day;
    for (auto step = steps.begin(); step != steps.end();) {
        day = date_text(step->time);
        const auto end =
            std::find_if(step, steps.end(), [&](const auto& each) { return date_text(each.time) != day; });
        out += (out.empty() ? "" : "\n") + day + "\n" + day_table({step, end}).text(style);
        step = end;
    }
    return out.empty() ? "no actions in this period\n" : out;
}

Exit execute(const ShowHistory& command, Context& context) {
    const auto answer = context.daemon.get("/v1/history?" + query_of(command, context.json));
    if (!is_success(answer)) return report_error(context, answer);
    if (context.json) return show_lines(context, answer->body);
    const auto steps = parse_history(answer->body);
    if (!steps) return report_error(context, Exit::failed, steps.error().message());
    context.console.out << history_text(steps->entries, context.console.style);
    if (steps->more) context.console.out << "\nolder actions are not shown; see `--lines` and `--until`\n";
    return Exit::success;
}

}  // namespace dockerext::cli
