#include "compose/stack_names.hpp"

#include "model/stack.hpp"

#include <algorithm>
#include <array>

namespace dockerext::compose {

std::string name_in_stack(const std::string& stack, const std::string& key) { return stack + "_" + key; }

StringMap with_stack_label(StringMap labels, const std::string& stack) {
    labels[std::string(model::labels::stack)] = stack;
    return labels;
}

bool is_network_of_node(const std::string& name) {
    constexpr std::array<std::string_view, 4> predefined{"bridge", "default", "host", "none"};
    return name.starts_with("container:") ||
           std::find(predefined.begin(), predefined.end(), name) != predefined.end();
}

}  // namespace dockerext::compose
