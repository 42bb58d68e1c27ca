#include "settings/values.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <charconv>

namespace dockerext::settings {
namespace {

constexpr std::size_t max_described_size = 60;

constexpr unsigned max_hours = 1000;

/// Removes a number followed by `unit` from the front of `text`; none if `text` does not begin with that.
std::optional<unsigned> consume_number(std::string_view& text, char unit) {
    unsigned count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc{} || end == text.data() + text.size() || *end != unit) return std::nullopt;
    if (count > max_hours * 3600) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
    return count;
}

constexpr std::ptrdiff_t exact_digits = 15;  // of a double; 64-bit integers are kept exactly

std::optional<std::string> number_text(const JsonCursor& value, Problems& problems) {
    std::string text = value.text();
    const bool whole = text.find_first_of(".eE") == std::string::npos;
    const bool scientific = text.find_first_of("eE") != std::string::npos;
    const auto digits = std::count_if(text.begin(), text.end(), is_digit);
    if (whole || (!scientific && digits <= exact_digits)) return text;
    problems.add(value.pointer(), "this number would lose digits; write it as a string, in quotes");
    return std::nullopt;
}

std::optional<std::string> read_value(const JsonCursor& value, Problems& problems) {
    switch (value.type()) {
    case JsonType::string: return value.string().value();
    case JsonType::boolean: return value.boolean().value() ? "true" : "false";
    case JsonType::number: return number_text(value, problems);
    case JsonType::null:
    case JsonType::array:
    case JsonType::object: break;
    }
    problems.add(value.pointer(),
                 "expected string, number or boolean, found " + std::string(to_string(value.type())));
    return std::nullopt;
}

bool is_variable_name(std::string_view name) {
    return !name.empty() && name.find('=') == std::string_view::npos;
}

}  // namespace

std::string describe_value(const JsonCursor& value) {
    std::string text = value.text();
    return text.size() <= max_described_size ? text : std::string(to_string(value.type()));
}

std::optional<std::chrono::seconds> parse_interval(std::string_view text) {
    if (text.empty()) return std::nullopt;
    const std::chrono::hours hours(consume_number(text, 'h').value_or(0));
    const std::chrono::minutes minutes(consume_number(text, 'm').value_or(0));
    const std::chrono::seconds seconds(consume_number(text, 's').value_or(0));
    if (!text.empty()) return std::nullopt;
    const std::chrono::seconds sum = hours + minutes + seconds;
    return sum <= std::chrono::hours(max_hours) ? std::optional(sum) : std::nullopt;
}

std::map<std::string, std::string> read_environment(const JsonCursor& object, Problems& problems) {
    std::map<std::string, std::string> environment;
    const auto members = object.members();
    if (!members) {
        problems.add(members.error());
        return environment;
    }
    for (const auto& [name, value] : *members) {
        if (!is_variable_name(name)) {
            problems.add(value.pointer(), "expected the name of a variable, without '='");
            continue;
        }
        if (auto text = read_value(value, problems)) environment.emplace(name, std::move(*text));
    }
    return environment;
}

}  // namespace dockerext::settings
