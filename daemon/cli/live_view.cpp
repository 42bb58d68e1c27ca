#include "cli/live_view.hpp"

#include "cli/shared_texts.hpp"
#include "cli/status.hpp"
#include "cli/times.hpp"

#include <algorithm>
#include <array>
#include <ostream>

namespace dockerext::cli {
namespace {

using namespace model;
using namespace std::chrono_literals;

constexpr std::array spinner{"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"};
constexpr std::size_t bar_columns = 16;
constexpr std::size_t widest_service = 24;
constexpr std::uint64_t megabyte = 1'000'000;

std::string bar_of(const PullStatus& pull) {
    const std::size_t full =
        std::min<std::size_t>(bar_columns, pull.done_bytes * bar_columns / pull.total_bytes);
    std::string bar;
    for (std::size_t i = 0; i < bar_columns; ++i) bar += i < full ? "█" : "░";
    return bar;
}

const char* symbol_of(ServiceState state, unsigned frame) {
    if (is_converged(state)) return "✓";
    if (state == ServiceState::pending) return spinner.at(frame % spinner.size());
    return is_degraded(state) ? "✗" : "·";
}

bool is_worth_a_line(const PartStatus& part) {
    return part.state == PartState::failed || part.state == PartState::pending;
}

/// What counts as a change: not durations or byte counts, which change all the time.
std::string lasting_text(const ServiceStatus& service) {
    return std::string(to_string(service.state)) + " " + std::to_string(service.running) + "/" +
           std::to_string(service.desired_replicas) + " " + (service.pull ? "pull" : service.reason);
}

}  // namespace

bool LiveView::has_just_changed(const std::string& name, std::string text, WallTime now) {
    constexpr auto moment = 3s;
    const auto [entry, is_new] = shown_.try_emplace(name, Shown{text, WallTime{}});
    if (!is_new && entry->second.text != text) entry->second = {std::move(text), now};
    return now - entry->second.changed_at < moment;
}

/// "████████░░░░░░░░ 34 of 120 MB, 12 MB/s, 7 s left"
std::string LiveView::pull_text(const ServiceStatus& service, WallTime now) {
    if (!service.pull) return pulls_.erase(service.name.value), "";
    const PullStatus& pull = *service.pull;
    if (pull.total_bytes == 0) return "";
    const Pull& begun = pulls_.try_emplace(service.name.value, Pull{pull.done_bytes, now}).first->second;
    std::string text = bar_of(pull) + " " + std::to_string(pull.done_bytes / megabyte) + " of " +
                       std::to_string(pull.total_bytes / megabyte) + " MB";
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - begun.first_seen).count();
    const std::uint64_t got = pull.done_bytes - std::min(pull.done_bytes, begun.first_bytes);
    const std::uint64_t speed = seconds > 0 ? got / static_cast<std::uint64_t>(seconds) : 0;
    if (speed == 0) return text;
    const std::uint64_t left = pull.total_bytes - std::min(pull.total_bytes, pull.done_bytes);
    const std::string rate = speed < megabyte ? std::to_string(speed / 1000) + " kB/s"
                                              : std::to_string(speed / megabyte) + " MB/s";
    return text + ", " + rate + ", " + duration_text(std::chrono::seconds(left / speed)) + " left";
}

std::string LiveView::line_of(const ServiceStatus& service, std::size_t name_columns, WallTime now) {
    const TerminalStyle& style = console_.style;
    const std::string state = std::string(to_string(service.state)) + " " + std::to_string(service.running) +
                              "/" + std::to_string(service.desired_replicas);
    const std::string begin =
        padded(cut_to(printable(service.name.value), name_columns), name_columns) + "  ";
    const std::string pull = pull_text(service, now);
    const std::string detail =
        pull.empty() ? printable(with_changes(reason_text(service, now), service.drift)) : pull;
    const std::size_t used = 2 + name_columns + 2 + std::max(state_columns, state.size()) + 2;
    const std::string rest = cut_to(detail, style.columns - std::min(style.columns - 1, used));
    const Colour colour = colour_of(service.state);
    const std::string line = coloured(symbol_of(service.state, frame_), colour, style) + " " + begin +
                             coloured(rest.empty() ? state : padded(state, state_columns), colour, style) +
                             (rest.empty() ? "" : "  " + rest);
    return has_just_changed(service.name.value, lasting_text(service), now) ? emphasized(line, style) : line;
}

void LiveView::show(const model::Status& status, WallTime now) {
    if (console_.measure != nullptr) console_.measure(console_.style);  // it may have been resized
    const TerminalStyle& style = console_.style;
    ++frame_;
    std::vector<std::string> lines = wrap(headline(status, now), style.columns);
    for (std::string& line : lines) line = coloured(line, colour_of(status.state), style);
    if (status.engine.state != EngineState::running && !status.engine.message.empty())
        lines.push_back(cut_to("engine: " + printable(status.engine.message), style.columns));
    for (const PartStatus& part : status.parts) {
        if (!is_worth_a_line(part)) continue;
        const std::string text =
            part.name + ": " + joined_nonempty({std::string(to_string(part.state)), part.message}, ": ");
        lines.push_back(cut_to(printable(text), style.columns));
    }
    std::size_t name_columns = 0;
    for (const ServiceStatus& service : status.services)
        name_columns = std::max(name_columns, width_of(printable(service.name.value)));
    for (const ServiceStatus& service : status.services)
        lines.push_back(line_of(service, std::min(name_columns, widest_service), now));
    if (!status.held.empty())
        lines.push_back(count_text(status.held.size(), "thing") + " held back; see `dockerextd plan`");
    draw(std::move(lines));
}

void LiveView::show(const std::string& text) { draw(wrap(printable(text), console_.style.columns)); }

/// A line more than the terminal has would scroll.
void LiveView::draw(std::vector<std::string> lines) {
    const std::size_t rows = std::max<std::size_t>(console_.style.rows, 3) - 1;
    if (lines.size() > rows) {
        const std::size_t hidden = lines.size() - rows + 1;
        lines.resize(rows - 1);
        lines.push_back("… and " + count_text(hidden, "more line"));
    }
    if (drawn_ > 0) console_.out << "\033[" << drawn_ << "A";
    console_.out << "\r\033[J\033[?7l";  // a narrower terminal cuts lines instead of wrapping them
    for (const std::string& line : lines) console_.out << line << "\n";
    console_.out << "\033[?7h";
    console_.out.flush();
    drawn_ = lines.size();
}

}  // namespace dockerext::cli
