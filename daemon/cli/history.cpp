#include "cli/history.hpp"

#include "base/iso_time.hpp"
#include "base/url.hpp"
#include "cli/execute.hpp"
#include "cli/shared_texts.hpp"
#include "cli/table.hpp"
#include "cli/times.hpp"

#include <ostream>

namespace dockerext::cli {
namespace {

using Status = state::JournalEntry::Status;

Colour colour_of(Status status) {
    switch (status) {
    case Status::done: return Colour::good;
    case Status::failed: return Colour::bad;
    case Status::under_way:
    case Status::interrupted: return Colour::busy;
    }
    return Colour::none;
}

std::vector<Cell> row_of(const PastStep& step) {
    const std::string error = step.error.empty() ? "" : "error: " + printable(step.error);
    const bool ended = step.status == Status::done || step.status == Status::failed;
    return {{clock_text(step.time)},
            {printable(step.verb) + " " + printable(step.object)},
            {std::string(to_string(step.status)), colour_of(step.status)},
            {ended ? took_text(step.took) : ""},
            {joined_nonempty({reason_text(step.reason, step.changes), error}, "\n")}};
}

}  // namespace

std::string history_text(const std::vector<PastStep>& steps, const TerminalStyle& style) {
    std::string out, day;
    for (auto step = steps.begin(); step != steps.end();) {
        day = date_text(step->time);
        out += (out.empty() ? "" : "\n") + day + "\n";
        Table table;
        for (; step != steps.end() && date_text(step->time) == day; ++step) table.row(row_of(*step));
        out += table.text(style);
    }
    return out.empty() ? "no actions in this period\n" : out;
}

Exit execute(const ShowHistory& command, Context& context) {
    const std::string since = command.since ? "?since=" + percent_encoded(iso_time(*command.since)) : "";
    const auto answer = context.daemon.get("/v1/history" + since);
    if (!is_success(answer)) return report_error(context, answer);
    if (context.json) return show_json(context, answer->body), Exit::success;
    const auto steps = parse_history(answer->body);
    if (!steps) return report_error(context, Exit::failed, steps.error().message());
    context.console.out << history_text(*steps, context.console.style);
    return Exit::success;
}

}  // namespace dockerext::cli
