#include "settings/environment.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <optional>

namespace dockerext::settings {
namespace {

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

bool is_name(std::string_view name) { return !name.empty() && name.find('=') == std::string_view::npos; }

}  // namespace

std::map<std::string, std::string> read_environment(const JsonCursor& object, Problems& problems) {
    std::map<std::string, std::string> environment;
    const auto members = object.members();
    if (!members) {
        problems.add(members.error());
        return environment;
    }
    for (const auto& [name, value] : *members) {
        if (!is_name(name)) {
            problems.add(value.pointer(), "expected the name of a variable, without '='");
            continue;
        }
        if (auto text = read_value(value, problems)) environment.emplace(name, std::move(*text));
    }
    return environment;
}

}  // namespace dockerext::settings
