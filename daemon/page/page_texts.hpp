#pragma once

#include "base/clock.hpp"
#include "model/finding.hpp"
#include "model/status.hpp"
#include "page/html_writer.hpp"
#include "state/journal.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace dockerext::page {

/// "2024-01-31 12:00:00", in UTC.
std::string time_text(WallTime time);
/// "2 d 3 h", "4 min 5 s", "850 ms": the largest two units.
std::string span_text(std::chrono::milliseconds span);
/// "1 step", "2 steps"
std::string counted(std::size_t count, const std::string& what);
/// The first `length` characters, with "…" if there are more.
std::string shortened(std::string_view text, std::size_t length);

/// How a state is coloured; also the name of its class in the style sheet.
enum class Tone { good, busy, bad, none };
constexpr auto names_of(Tone) {
    using enum Tone;
    return enum_names<Tone>({{good, "good"}, {busy, "busy"}, {bad, "bad"}, {none, "none"}});
}
Tone tone_of(model::ServiceState state) noexcept;
Tone tone_of(model::OverallState state) noexcept;
Tone tone_of(model::PartState state) noexcept;
Tone tone_of(model::FindingState state) noexcept;
Tone tone_of(state::JournalEntry::Status status) noexcept;

/// Null if the status has none of that name.
const model::ServiceStatus* find_service(const model::Status& status, const model::ServiceName& name);

/// A word in the colour of its tone.
void write_badge(HtmlWriter& html, std::string_view word, Tone tone);

}  // namespace dockerext::page
