#include "compose/project_name.hpp"

#include "base/ascii.hpp"

namespace dockerext::compose {
namespace {

constexpr bool starts_name(char c) { return (c >= 'a' && c <= 'z') || is_digit(c); }

}  // namespace

std::string normalized_name(std::string_view text) {
    std::string name;
    for (char c : text) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        const bool fits = starts_name(c) || (!name.empty() && (c == '_' || c == '-'));
        if (fits) name += c;
    }
    return name;
}

std::string project_name(const Node& root, const Node* name, const Environment& environment,
                         Diagnostics& diagnostics) {
    const auto variable = environment.find("COMPOSE_PROJECT_NAME");
    if (variable != environment.end() && !variable->second.empty()) {
        std::string normalized = normalized_name(variable->second);
        if (normalized == variable->second) return normalized;
        diagnostics.problem(root,
                            "the project name '" + variable->second +
                                "' of COMPOSE_PROJECT_NAME must be lower-case letters, digits, '-' and '_', "
                                "beginning with a letter or digit" +
                                (normalized.empty() ? "" : "; use '" + normalized + "'"));
        return "compose";
    }
    if (!name) return "compose";
    if (!name->text()) {
        diagnostics.expected(*name, "string");
        return "compose";
    }
    std::string normalized = normalized_name(*name->text());
    if (!normalized.empty()) return normalized;
    diagnostics.problem(*name, "'" + *name->text() + "' contains no letter or digit to form a project name");
    return "compose";
}

}  // namespace dockerext::compose
