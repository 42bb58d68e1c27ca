#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace dockerext {

/// The texts of a range, with the separator between them. `text` makes a text of an element.
template <typename Range, typename Text = std::identity>
std::string joined(const Range& range, std::string_view separator, Text text = {}) {
    std::string all;
    bool first = true;
    for (const auto& each : range) {
        if (!first) all += separator;
        first = false;
        all += text(each);
    }
    return all;
}

}  // namespace dockerext
