#include "settings/choice.hpp"

namespace dockerext::settings {
namespace {

constexpr std::size_t longest_shown = 60;

}  // namespace

std::string shown(const JsonCursor& value) {
    std::string text = value.text();
    return text.size() <= longest_shown ? text : std::string(to_string(value.type()));
}

}  // namespace dockerext::settings
