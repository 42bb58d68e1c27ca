#include "systemd/failure_lines.hpp"

#include "base/plain_text.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace dockerext::systemd {
namespace {

constexpr std::size_t max_lines = 10;
constexpr std::size_t max_bytes = 2048;

enum class Relevance { reason, error, noise, rest };

/// The beginnings of the last line that dockerd writes when it fails.
constexpr auto reasons =
    std::to_array<std::string_view>({"failed to start daemon", "Error starting daemon",
                                     "failed to load listeners", "unable to configure the Docker daemon"});
/// Messages that dockerd writes whenever it or its containerd ends, whatever the reason.
constexpr auto noise_messages =
    std::to_array<std::string_view>({"Failed to get event", "transport is closing"});

/// The line without the `time="…" ` at the beginning of the lines of containerd and dockerd.
std::string_view without_time(std::string_view line) {
    constexpr std::string_view begin = "time=\"";
    if (!line.starts_with(begin)) return line;
    const std::size_t end = line.find("\" ", begin.size());
    return end == std::string_view::npos ? line : line.substr(end + 2);
}

bool has(std::string_view line, std::string_view message) {
    return line.find(message) != std::string_view::npos;
}

Relevance relevance_of_unit_line(std::string_view line) {
    if (std::any_of(noise_messages.begin(), noise_messages.end(),
                    [&](auto message) { return has(line, message); }))
        return Relevance::noise;
    if (std::any_of(reasons.begin(), reasons.end(), [&](auto message) { return line.starts_with(message); }))
        return Relevance::reason;
    const std::size_t level = line.find("level=");
    if (level == std::string_view::npos) return Relevance::error;
    const std::string_view word = line.substr(level + 6);
    if (word.starts_with("fatal") || word.starts_with("panic")) return Relevance::reason;
    return word.starts_with("error") ? Relevance::error : Relevance::rest;
}

/// "…, code=exited, status=219/CGROUP": from 200 on, systemd failed before it ran the program
/// (systemd.exec(5)).
bool has_systemd_exit_status(std::string_view line) {
    constexpr std::string_view exited = "code=exited, status=";
    const std::size_t at = line.find(exited);
    if (at == std::string_view::npos) return false;
    const std::string_view status = line.substr(at + exited.size());
    return status.starts_with('2') && status.find('/') == 3;
}

bool is_silent_failure(std::string_view line) {
    return has(line, "code=killed") || has(line, "code=dumped") || has_systemd_exit_status(line);
}

/// systemd logs the end of every run. That line counts only if the program could not write anything itself.
std::optional<Relevance> relevance_of_systemd_line(const LogLine& line) {
    constexpr int error = 3;
    if (is_silent_failure(line.text)) return Relevance::error;
    if (line.priority <= error && !line.text.starts_with("Failed to start ")) return Relevance::reason;
    return std::nullopt;
}

struct RatedLine {
    Relevance relevance;
    std::string message;
};

/// The lines with their weights, without duplicates, newest first.
std::vector<RatedLine> rated_lines(const std::vector<LogLine>& lines) {
    std::vector<RatedLine> all;
    for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
        const bool by_systemd = line->source == LogLine::Source::systemd;
        const auto relevance =
            by_systemd ? relevance_of_systemd_line(*line) : relevance_of_unit_line(without_time(line->text));
        std::string message = plain_text(without_time(line->text));
        const bool is_duplicate =
            std::any_of(all.begin(), all.end(), [&](const RatedLine& c) { return c.message == message; });
        if (relevance && !is_duplicate && !message.empty()) all.push_back({*relevance, std::move(message)});
    }
    return all;
}

class LineBudget {
public:
    /// Adds the newest lines of that weight that fit, in chronological order.
    void add(const std::vector<RatedLine>& newest_first, Relevance relevance) {
        std::vector<std::string_view> chosen;
        for (const RatedLine& choice : newest_first) {
            if (choice.relevance == relevance && try_add(choice.message)) chosen.push_back(choice.message);
        }
        for (auto message = chosen.rbegin(); message != chosen.rend(); ++message)
            text_.append(text_.empty() ? "" : "\n").append(*message);
    }
    /// The chosen lines. A line that is longer than the whole budget is cut at its end.
    std::string text() const { return last_lines(text_, max_lines, max_bytes); }

private:
    bool try_add(std::string_view message) {
        const bool fits = lines_ == 0 || (lines_ < max_lines && bytes_ + message.size() <= max_bytes);
        if (!fits) return false;
        ++lines_;
        bytes_ += message.size() + 1;
        return true;
    }

    std::string text_;
    std::size_t lines_ = 0, bytes_ = 0;
};

std::string selected_lines(const std::vector<RatedLine>& choices,
                           std::initializer_list<Relevance> relevances) {
    LineBudget budget;
    for (const Relevance relevance : relevances) budget.add(choices, relevance);
    return budget.text();
}

}  // namespace

FailureLines failure_lines(const std::vector<LogLine>& lines) {
    const std::vector<RatedLine> choices = rated_lines(lines);
    const bool has_cause = std::any_of(choices.begin(), choices.end(), [](const RatedLine& each) {
        return each.relevance == Relevance::reason || each.relevance == Relevance::error;
    });
    std::string text = selected_lines(choices, {Relevance::reason, Relevance::error, Relevance::noise});
    if (text.empty()) text = selected_lines(choices, {Relevance::rest});
    return {std::move(text), has_cause};
}

}  // namespace dockerext::systemd
