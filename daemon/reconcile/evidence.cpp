#include "reconcile/evidence.hpp"

#include "base/timeout.hpp"
#include "base/utf8.hpp"
#include "engine/containers.hpp"
#include "plan/slots.hpp"

#include <algorithm>
#include <set>

namespace dockerext::reconcile {

using namespace model;

namespace {

constexpr unsigned lines_read = 10;
constexpr std::size_t bytes_read = 4096;  ///< of one container
constexpr std::size_t max_lines = 5;
constexpr std::size_t max_columns = 200;  ///< bytes of a line
constexpr std::size_t max_calls = 8;      ///< in one cycle
constexpr Duration patience = std::chrono::seconds(3);
constexpr Duration pause = std::chrono::seconds(30);  ///< between two reads of a slot that keeps failing

/// The last lines that are not empty, cut to a size that people read.
std::vector<std::string> last_lines(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
        const bool is_long = line.size() > max_columns;
        lines.push_back(valid_utf8(line.substr(0, max_columns)) + (is_long ? "..." : ""));
    }
    if (lines.size() > max_lines) lines.erase(lines.begin(), lines.end() - max_lines);
    return lines;
}

/// Whether the engine restarts it again and again.
bool keeps_ending(const ObservedContainer& container, const History& history) {
    if (container.state == ContainerState::restarting) return true;
    const auto run = history.unproven.find(container.id);
    return container.state == ContainerState::running && run != history.unproven.end() &&
           !run->second.previous_failure.empty();
}

bool has_failed(const ObservedContainer& container, const History& history) {
    if (keeps_ending(container, history)) return true;
    const auto ended = history.ended_run.find(container.id);
    const bool by_order = ended != history.ended_run.end() && ended->second.run == container.started_at;
    const bool is_over = container.state == ContainerState::exited || container.state == ContainerState::dead;
    return is_over && container.exit_code != 0 && !by_order && container.started_at != WallTime{};
}

std::set<Subject> failing_subjects(const History& history) {
    std::set<Subject> failing;
    for (const auto& [subject, record] : history.failure_records) failing.insert(subject);
    for (const auto& [subject, rollout] : history.failed_rollouts) failing.insert(subject);
    return failing;
}

std::string title_of(const ObservedContainer& container) {
    const std::string& name = container.name.value;
    if (!plan::is_successor(container) || name.size() <= plan::successor_prefix_length) return name;
    return "the new " + name.substr(plan::successor_prefix_length + 1);
}

}  // namespace

Task<void> LastOutputs::update(const Observed& observed, const History& history) {
    const SteadyTime now = steady_now();
    Outputs wanted;
    std::set<Subject> failing = failing_subjects(history);
    for (const auto& [id, container] : observed.containers) {
        if (!has_failed(container, history)) continue;
        const Subject subject = subject_of(container.slot);
        failing.insert(subject);
        const std::string title = title_of(container);
        const auto known = outputs_.find(title);
        const bool is_known = known != outputs_.end() &&
                              ((known->second.id == id && known->second.run == container.started_at) ||
                               now - known->second.read_at < pause);
        if (!is_known && wanted.size() < max_calls)
            wanted[title] = {subject, {}, id, container.started_at, now};
    }
    std::erase_if(outputs_, [&](const auto& entry) { return !failing.contains(entry.second.slot); });
    for (auto& [title, output] : wanted) {
        if (steady_now() - now > patience) co_return;  // the next cycle asks for the rest
        const engine::LogQuery query{.lines = lines_read, .limit = bytes_read};
        auto reading = engine::container_logs(client_, output.id.value, query);
        auto text = co_await with_timeout(patience, "reading its output timed out", std::move(reading));
        const bool is_late = !text && (text.error().kind() == ErrorKind::timeout ||
                                       text.error().kind() == ErrorKind::cancelled);
        if (is_late) {
            output.run = WallTime::max();  // asked again after the pause only
            outputs_[title] = std::move(output);
            co_return;
        }
        if (text) output.lines = last_lines(*text);  // a log driver may not be readable
        outputs_[title] = std::move(output);
    }
}

std::vector<Evidence> evidence_of(const ServiceName& service, const Observed& observed,
                                  const LastOutputs::Outputs& outputs, const Redactor& redact) {
    std::vector<Evidence> all;
    for (const auto& [id, container] : observed.containers) {
        if (container.slot.service != service || !container.failed_check) continue;
        const auto& [code, output] = *container.failed_check;
        const std::string ended = code == -1 ? "" : " (exit code " + std::to_string(code) + ")";
        all.push_back({"last check of " + redact(title_of(container)) + ended, last_lines(redact(output))});
    }
    for (const auto& [title, output] : outputs) {
        if (service_of(output.slot) != service || output.lines.empty()) continue;
        all.push_back({"last output of " + redact(title), output.lines});
    }
    return all;
}

}  // namespace dockerext::reconcile
