#include "cli/history_text.hpp"

#include "cli/table.hpp"
#include "cli/times.hpp"
#include "cli/words.hpp"

namespace dockerext::cli {
namespace {

Cell ending_of(const PastStep& step) {
    if (step.status == "done") return {"done", Colour::good};
    return {printable(step.status), step.status == "failed" ? Colour::bad : Colour::busy};
}

std::vector<Cell> row_of(const PastStep& step) {
    const std::string error = step.error.empty() ? "" : "error: " + printable(step.error);
    const bool ended = step.status == "done" || step.status == "failed";
    return {{clock_text(step.time)},
            {printable(step.verb) + " " + printable(step.object)},
            ending_of(step),
            {ended ? took_text(step.took) : ""},
            {joined({reason_text(step.reason, step.changes), error}, "\n")}};
}

}  // namespace

std::string history_text(const std::vector<PastStep>& steps, const Look& look) {
    std::string out, day;
    for (auto step = steps.begin(); step != steps.end();) {
        day = date_text(step->time);
        out += (out.empty() ? "" : "\n") + day + "\n";
        Table table;
        for (; step != steps.end() && date_text(step->time) == day; ++step) table.row(row_of(*step));
        out += table.text(look);
    }
    return out.empty() ? "nothing was done in that time\n" : out;
}

}  // namespace dockerext::cli
