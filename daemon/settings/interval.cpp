#include "settings/interval.hpp"

#include <charconv>

namespace dockerext::settings {
namespace {

constexpr unsigned longest_hours = 1000;

/// Removes a number followed by `unit` from the front of `text`; none if `text` does not begin with that.
std::optional<unsigned> take(std::string_view& text, char unit) {
    unsigned count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc{} || end == text.data() + text.size() || *end != unit) return std::nullopt;
    if (count > longest_hours * 3600) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
    return count;
}

}  // namespace

std::optional<std::chrono::seconds> parse_interval(std::string_view text) {
    if (text.empty()) return std::nullopt;
    const std::chrono::hours hours(take(text, 'h').value_or(0));
    const std::chrono::minutes minutes(take(text, 'm').value_or(0));
    const std::chrono::seconds seconds(take(text, 's').value_or(0));
    if (!text.empty()) return std::nullopt;
    const std::chrono::seconds sum = hours + minutes + seconds;
    return sum <= std::chrono::hours(longest_hours) ? std::optional(sum) : std::nullopt;
}

}  // namespace dockerext::settings
