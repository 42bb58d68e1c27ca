#include "systemd/failure_lines.hpp"

#include "base/plain_text.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace dockerext::systemd {
namespace {

constexpr std::size_t lines_told = 10;
constexpr std::size_t bytes_told = 2048;

enum class Weight { reason, error, noise, rest };

/// The beginnings of the last line that dockerd writes when it fails.
constexpr auto reasons =
    std::to_array<std::string_view>({"failed to start daemon", "Error starting daemon",
                                     "failed to load listeners", "unable to configure the Docker daemon"});
/// Messages that dockerd writes whenever it or its containerd ends, whatever the reason.
constexpr auto noises = std::to_array<std::string_view>({"Failed to get event", "transport is closing"});

/// The line without the `time="…" ` at the beginning of the lines of containerd and dockerd.
std::string_view without_time(std::string_view line) {
    constexpr std::string_view begin = "time=\"";
    if (!line.starts_with(begin)) return line;
    const std::size_t end = line.find("\" ", begin.size());
    return end == std::string_view::npos ? line : line.substr(end + 2);
}

bool has(std::string_view line, std::string_view words) { return line.find(words) != std::string_view::npos; }

Weight weight_of_units(std::string_view line) {
    if (std::any_of(noises.begin(), noises.end(), [&](auto words) { return has(line, words); }))
        return Weight::noise;
    if (std::any_of(reasons.begin(), reasons.end(), [&](auto words) { return line.starts_with(words); }))
        return Weight::reason;
    const std::size_t level = line.find("level=");
    if (level == std::string_view::npos) return Weight::error;
    const std::string_view word = line.substr(level + 6);
    if (word.starts_with("fatal") || word.starts_with("panic")) return Weight::reason;
    return word.starts_with("error") ? Weight::error : Weight::rest;
}

/// "…, code=exited, status=219/CGROUP": from 200 on, systemd failed before it ran the program
/// (systemd.exec(5)).
bool has_status_of_systemd(std::string_view line) {
    constexpr std::string_view exited = "code=exited, status=";
    const std::size_t at = line.find(exited);
    if (at == std::string_view::npos) return false;
    const std::string_view status = line.substr(at + exited.size());
    return status.starts_with('2') && status.find('/') == 3;
}

bool tells_of_an_end_without_words(std::string_view line) {
    return has(line, "code=killed") || has(line, "code=dumped") || has_status_of_systemd(line);
}

/// systemd logs the end of every run. That line counts only if the program could not write anything itself.
std::optional<Weight> weight_of_systemds(const LogLine& line) {
    constexpr int error = 3;
    if (tells_of_an_end_without_words(line.text)) return Weight::error;
    if (line.priority <= error && !line.text.starts_with("Failed to start ")) return Weight::reason;
    return std::nullopt;
}

struct WeightedLine {
    Weight weight;
    std::string words;
};

/// The lines with their weights, without duplicates, newest first.
std::vector<WeightedLine> weighed(const std::vector<LogLine>& lines) {
    std::vector<WeightedLine> all;
    for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
        const bool by_systemd = line->speaker == LogLine::Speaker::systemd;
        const auto weight =
            by_systemd ? weight_of_systemds(*line) : weight_of_units(without_time(line->text));
        std::string words = plain_text(without_time(line->text));
        const bool said =
            std::any_of(all.begin(), all.end(), [&](const WeightedLine& c) { return c.words == words; });
        if (weight && !said && !words.empty()) all.push_back({*weight, std::move(words)});
    }
    return all;
}

class LineBudget {
public:
    /// Adds the newest lines of that weight that fit, in chronological order.
    void add(const std::vector<WeightedLine>& newest_first, Weight weight) {
        std::vector<std::string_view> chosen;
        for (const WeightedLine& choice : newest_first) {
            if (choice.weight == weight && takes(choice.words)) chosen.push_back(choice.words);
        }
        for (auto words = chosen.rbegin(); words != chosen.rend(); ++words)
            text_.append(text_.empty() ? "" : "\n").append(*words);
    }
    /// The chosen lines. A line that is longer than the whole budget is cut at its end.
    std::string text() const { return last_lines(text_, lines_told, bytes_told); }

private:
    bool takes(std::string_view words) {
        const bool fits = lines_ == 0 || (lines_ < lines_told && bytes_ + words.size() <= bytes_told);
        if (!fits) return false;
        ++lines_;
        bytes_ += words.size() + 1;
        return true;
    }

    std::string text_;
    std::size_t lines_ = 0, bytes_ = 0;
};

std::string told(const std::vector<WeightedLine>& choices, std::initializer_list<Weight> weights) {
    LineBudget telling;
    for (const Weight weight : weights) telling.add(choices, weight);
    return telling.text();
}

}  // namespace

std::string failure_lines(const std::vector<LogLine>& lines) {
    const std::vector<WeightedLine> choices = weighed(lines);
    std::string words = told(choices, {Weight::reason, Weight::error, Weight::noise});
    return words.empty() ? told(choices, {Weight::rest}) : words;
}

}  // namespace dockerext::systemd
