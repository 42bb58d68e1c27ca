#include "page/page_texts.hpp"

#include "base/iso_time.hpp"
#include "base/utf8.hpp"

#include <algorithm>
#include <array>

namespace dockerext::page {

std::string time_text(WallTime time) {
    std::string text = iso_time(time).substr(0, 19);
    text.replace(10, 1, " ");
    return text;
}

std::string span_text(std::chrono::milliseconds span) {
    struct Unit {
        std::chrono::milliseconds size;
        const char* name;
    };
    using namespace std::chrono_literals;
    constexpr std::array<Unit, 4> units{{{24h, " d"}, {1h, " h"}, {1min, " min"}, {1s, " s"}}};
    if (span < 1s) return std::to_string(span.count()) + " ms";
    std::string text;
    std::size_t written = 0;
    for (const auto& [size, name] : units) {
        const auto count = span / size;
        span %= size;
        if (count > 0) text += (written > 0 ? " " : "") + std::to_string(count) + name;
        if (written > 0 || count > 0) ++written;
        if (written == 2) break;
    }
    return text;
}

std::string counted(std::size_t count, const std::string& what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string shortened(std::string_view text, std::size_t length) {
    std::string_view rest = text;
    std::size_t characters = 0, end = 0;
    for (; !rest.empty(); ++characters) {
        if (characters + 1 == length) end = text.size() - rest.size();
        if (characters == length) return std::string(text.substr(0, end)) + "…";
        (void)next_code_point(rest);
    }
    return std::string(text);
}

Tone tone_of(model::ServiceState state) noexcept {
    if (model::is_converged(state)) return Tone::good;
    return model::is_degraded(state) ? Tone::bad : Tone::busy;
}

Tone tone_of(model::OverallState state) noexcept {
    switch (state) {
    case model::OverallState::converged: return Tone::good;
    case model::OverallState::degraded: return Tone::bad;
    case model::OverallState::idle:
    case model::OverallState::converging:
    case model::OverallState::paused: return Tone::busy;
    }
    return Tone::none;
}

Tone tone_of(model::PartState state) noexcept {
    switch (state) {
    case model::PartState::ok: return Tone::good;
    case model::PartState::pending: return Tone::busy;
    case model::PartState::failed: return Tone::bad;
    case model::PartState::unmanaged: return Tone::none;
    }
    return Tone::none;
}

Tone tone_of(state::JournalEntry::Status status) noexcept {
    switch (status) {
    case state::JournalEntry::Status::done: return Tone::good;
    case state::JournalEntry::Status::failed: return Tone::bad;
    case state::JournalEntry::Status::under_way:
    case state::JournalEntry::Status::interrupted: return Tone::busy;
    }
    return Tone::none;
}

Tone tone_of(model::FindingState state) noexcept {
    switch (state) {
    case model::FindingState::ok: return Tone::good;
    case model::FindingState::warning: return Tone::busy;
    case model::FindingState::error: return Tone::bad;
    case model::FindingState::skipped: return Tone::none;
    }
    return Tone::none;
}

const model::ServiceStatus* find_service(const model::Status& status, const model::ServiceName& name) {
    const auto found = std::find_if(status.services.begin(), status.services.end(),
                                    [&](const auto& each) { return each.name == name; });
    return found == status.services.end() ? nullptr : &*found;
}

void write_badge(HtmlWriter& html, std::string_view word, Tone tone) {
    html.element("span", word, {{"class", "badge " + std::string(to_string(tone))}});
}

}  // namespace dockerext::page
