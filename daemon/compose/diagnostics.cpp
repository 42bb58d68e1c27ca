#include "compose/diagnostics.hpp"

#include "base/nearest.hpp"

namespace dockerext::compose {

void Diagnostics::expected(const Node& at, std::string_view what) {
    problem(at, "expected " + std::string(what) + ", found " + std::string(type_name(at)));
}

void Diagnostics::warn(const Node& at, std::string_view message) {
    warnings.add(at.pointer, std::string(message));
}

std::string Diagnostics::suggestion(std::string_view word, const std::vector<std::string_view>& known) const {
    constexpr std::size_t many = 50;
    const auto closest = problems.count() < many ? nearest(word, known) : std::nullopt;
    return closest ? "; did you mean '" + std::string(*closest) + "'?" : "";
}

void Diagnostics::unknown_key(const Node& at, std::string_view key, std::string_view what,
                              const std::vector<std::string_view>& known) {
    problem(at, "unknown key '" + std::string(key) + "' of " + std::string(what) + suggestion(key, known));
}

bool Diagnostics::concerns_unset(const std::string& pointer) const {
    const std::string below = pointer + "/";
    const auto first_below = unset.lower_bound(below);
    if (first_below != unset.end() && first_below->starts_with(below)) return true;
    for (std::string above = pointer; !above.empty();) {
        if (unset.contains(above)) return true;
        const std::size_t cut = above.rfind('/');
        above.resize(cut == std::string::npos ? 0 : cut);
    }
    return false;
}

Problems Diagnostics::certain_problems() const {
    Problems certain;
    for (const Problem& problem : problems.all()) {
        if (!concerns_unset(problem.path)) certain.add(problem.path, problem.message);
    }
    return certain;
}

std::string Diagnostics::empty_variable_in(const Node& text) const {
    const auto found = empty_variables.find(text.pointer);
    return found == empty_variables.end() ? "" : "; the variable " + found->second + " is empty";
}

bool Diagnostics::refuse_unset_prefix(const Node& path) {
    const auto found = unset_prefixes.find(path.pointer);
    if (found == unset_prefixes.end()) return false;
    const std::string& name = found->second;
    problem(path, "this host path begins with the variable " + name + ", which is not set; set " + name +
                      ", or write ${" + name + ":-} if it may be empty");
    return true;
}

}  // namespace dockerext::compose
