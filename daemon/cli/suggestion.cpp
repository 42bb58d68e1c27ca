#include "cli/suggestion.hpp"

#include "base/nearest.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace dockerext::cli {
namespace {

/// The words of other programs, and ours.
constexpr std::array<std::pair<std::string_view, std::string_view>, 20> other_words{{
    {"check", "validate"},   {"config", "show"},    {"convert", "import"}, {"deploy", "apply"},
    {"describe", "explain"}, {"destroy", "down"},   {"diff", "plan"},      {"events", "history"},
    {"inspect", "explain"},  {"list", "status"},    {"log", "logs"},       {"ls", "status"},
    {"ps", "status"},        {"pull", "reconcile"}, {"rm", "down"},        {"sync", "reconcile"},
    {"top", "status"},       {"undo", "rollback"},  {"unpause", "resume"}, {"up", "apply"},
}};

std::optional<std::string_view> suggestion_for(std::string_view word,
                                               std::span<const std::string_view> commands) {
    const auto known = std::find_if(other_words.begin(), other_words.end(),
                                    [&](const auto& pair) { return pair.first == word; });
    const bool is_meant = known != other_words.end() &&
                          std::find(commands.begin(), commands.end(), known->second) != commands.end();
    return is_meant ? known->second : nearest(word, commands);
}

}  // namespace

std::string unknown_command(const std::string& word, std::span<const std::string_view> commands) {
    const auto suggestion = suggestion_for(word, commands);
    return "'" + word + "' is not a command" +
           (suggestion ? "; did you mean '" + std::string(*suggestion) + "'?" : "");
}

}  // namespace dockerext::cli
