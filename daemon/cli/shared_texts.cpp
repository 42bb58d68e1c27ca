#include "cli/shared_texts.hpp"

#include "cli/times.hpp"
#include "model/registry.hpp"

namespace dockerext::cli {

using namespace model;

namespace {

std::string failures_text(unsigned failures) {
    switch (failures) {
    case 0: return "";
    case 1: return "failed once";
    case 2: return "failed twice";
    default: return "failed " + std::to_string(failures) + " times";
    }
}

}  // namespace

Colour colour_of(ServiceState state) noexcept {
    switch (state) {
    case ServiceState::running:
    case ServiceState::completed: return Colour::good;
    case ServiceState::waiting:
    case ServiceState::pending:
    case ServiceState::restarting:
    case ServiceState::drifted:
    case ServiceState::unknown: return Colour::busy;
    case ServiceState::unhealthy:
    case ServiceState::failed: return Colour::bad;
    }
    return Colour::none;
}

Colour colour_of(OverallState state) noexcept {
    switch (state) {
    case OverallState::converged: return Colour::good;
    case OverallState::degraded: return Colour::bad;
    case OverallState::idle:
    case OverallState::converging:
    case OverallState::paused: return Colour::busy;
    }
    return Colour::none;
}

std::string change_text(const Change& change) { return printable(to_string(change)); }

std::string reason_text(const std::string& reason, const std::vector<Change>& changes) {
    return printable(with_changes(reason, changes));
}

/// The seconds that have passed are computed here: the status itself does not change with time.
std::string reason_text(const ServiceStatus& service, WallTime now) {
    std::string text = printable(service.reason);
    if (!service.watching) return text;
    const auto& [since, duration] = *service.watching;
    const auto passed =
        std::clamp(std::chrono::floor<std::chrono::seconds>(now - since), std::chrono::seconds(0), duration);
    return text + " " + std::to_string(passed.count()) + " s of " + std::to_string(duration.count()) + " s";
}

std::string retry_text(WallTime next_attempt, WallTime now) {
    const bool is_due = next_attempt - now < std::chrono::seconds(1);
    return is_due ? "retrying now" : "retrying in " + duration_text(next_attempt - now);
}

std::string attempts_text(const ServiceStatus& service, WallTime now) {
    const std::string retry = service.next_attempt ? retry_text(*service.next_attempt, now) : "";
    return joined_nonempty({failures_text(service.attempts), retry}, "; ");
}

Table held_table(const std::vector<Held>& held) {
    Table table(2);
    for (const Held& one : held) {
        table.row({{printable(to_string(one.subject))},
                   {std::string(to_string(one.why)), Colour::busy},
                   {printable(one.reason)}});
    }
    return table;
}

std::string image_text(const ContainerStatus& container) {
    const bool is_named_by_digest = container.image.value.find('@') != std::string::npos;
    const bool show_digest = !is_named_by_digest && !container.digest.empty();
    return printable(container.image.value + (show_digest ? "@" + short_digest(container.digest) : ""));
}

std::string count_text(std::size_t count, const std::string& what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string joined_nonempty(const std::vector<std::string>& texts, std::string_view between) {
    std::string out;
    for (const std::string& text : texts) {
        if (text.empty()) continue;
        if (!out.empty()) out += between;
        out += text;
    }
    return out;
}

}  // namespace dockerext::cli
